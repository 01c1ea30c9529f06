namespace Gate.Models.Inference.Served;

/// <summary>What a served-model folder says about the server and the model behind it (<c>endpoint.json</c>).</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Url">Base address of the OpenAI-compatible API, for example <c>http://127.0.0.1:8000/v1</c>.</param>
/// <param name="Model">The model's name on the server.</param>
/// <param name="Revision">What the user calls these weights, changed whenever the server gets others; null: no answer is kept beyond the run.</param>
/// <param name="ApiKeyVariable">Environment variable with the key, or null for a server that wants none. The key itself is written nowhere.</param>
/// <param name="Dialect">How prompt log-probabilities are asked for; null: found out by asking.</param>
/// <param name="Concurrency">Most requests under way at a time.</param>
/// <param name="Timeout">Longest time for one request.</param>
/// <param name="ContextLength">Tokens the server accepts in one sequence, the one generated token of a scoring request included.</param>
/// <param name="Parameters">Weights of the model, as stated.</param>
/// <param name="WeightBytes">Bytes of its weight files, as stated.</param>
public sealed record ServedModelSettings(
    string File, Uri Url, string Model, string? Revision, string? ApiKeyVariable, ServerDialect? Dialect, int Concurrency, TimeSpan Timeout,
    int ContextLength, long Parameters, long WeightBytes);

/// <summary>How a server gives the log-probabilities of a prompt.</summary>
public enum ServerDialect
{
    /// <summary><c>prompt_logprobs</c> (vLLM): log-probability and rank in the whole vocabulary of every prompt token.</summary>
    PromptLogprobs,

    /// <summary><c>echo</c> with <c>logprobs</c> (OpenAI completions, vLLM, SGLang): log-probability of every prompt token and the best few.</summary>
    Echo,

    /// <summary>
    /// Only generated tokens have log-probabilities (llama.cpp's server): no given text can be scored, and a cloze only where the whole vocabulary is listed.
    /// </summary>
    GenerateOnly,
}
