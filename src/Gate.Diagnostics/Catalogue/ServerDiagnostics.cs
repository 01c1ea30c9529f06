namespace Gate.Diagnostics;

/// <summary>GATE6xxx: models behind a completions endpoint.</summary>
internal static class ServerDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE6001", "endpoint.json cannot be used",
            "The file that describes a served model is malformed, holds an unknown key, or a value that cannot be.",
            "Correct the key at the line the message names; docs/guides/judge-a-served-model.md lists every key."),
        new("GATE6002", "No key for the server",
            "endpoint.json names an environment variable for the server's key, and it is empty, not set, or holds what no header can carry.",
            "Set the variable in the job, or leave apiKeyVariable out. The key is read from nowhere else and written nowhere."),
        new("GATE6003", "Server does not answer",
            "The server could not be reached, was busy (408, 429, 5xx), broke the connection or took too long, six times in a row with growing pauses.",
            "Check that it runs and its load; lower concurrency or raise timeoutSeconds in endpoint.json. The same command goes on from the finished answers."),
        new("GATE6004", "Server refuses",
            "The server answered with a status that asking again will not change, such as 400, 401 or 404.",
            "Read what it says; check url, model, contextLength and the key."),
        new("GATE6005", "Server answers something else",
            "The answer is not the JSON of a completion, lacks the tokens and log-probabilities that were asked for, holds impossible ones, or answers a prompt that the server cut.",
            "Check that the address is an OpenAI-compatible completions API, that the server has room for contextLength tokens in every sequence, and its version."),
        new("GATE6006", "Server speaks another dialect",
            "endpoint.json names a way to ask for log-probabilities of prompts, and the server does not answer it.",
            "Leave dialect out, so that it is found out by asking."),
        new("GATE6007", "Server has another tokenizer",
            "Text and token ids mean something else to the server than to the tokenizer files beside endpoint.json, so it would be asked other questions.",
            "Put the served model's own tokenizer.json and tokenizer_config.json beside endpoint.json; check the model's name."),
        new("GATE6008", "Server cannot return what a task needs",
            "Scoring given text needs log-probabilities of prompts, a cloze these or the whole vocabulary listed at a position; this server gives neither, or too few tokens.",
            "Take the task out of suite.tasks, or use a server with prompt_logprobs or echo (vLLM, SGLang). Tasks that generate work with any server."),
        new("GATE6009", "Needs the weights",
            "Compressing, planning and sweeping read a model's weights, and a served model's weights are elsewhere.",
            "Name a model folder, or judge the served candidate with gate compare."),
        new("GATE6010", "Sizes as stated",
            "A served model's number of weights and bytes are what endpoint.json states; Gate cannot measure them.",
            "Nothing; keep parameters and weightBytes true."),
        new("GATE6011", "Server repeats its key",
            "The server's key stands in an answer, and answers are kept and printed. Nothing of the answer is.",
            "Look why the server does that. Where the key is an ordinary word that a model may say, give the server another key."),
    ];
}
