using System.Buffers;
using System.Text.Json;

namespace Gate.Models.Inference.Served;

/// <summary>One request to <c>completions</c>; always at temperature 0.</summary>
/// <param name="Ids">The prompt as token ids, so that no server tokenises it another way; empty when <paramref name="Text"/> is given.</param>
/// <param name="MaximumTokens">Most tokens to generate.</param>
/// <param name="Text">The prompt as text, only to compare tokenizers.</param>
/// <param name="PromptLogprobs">How many of the best tokens at each prompt position (<c>prompt_logprobs</c>), or null.</param>
/// <param name="Echo">Whether the prompt comes back with its log-probabilities (<c>echo</c>).</param>
/// <param name="Logprobs">How many of the best tokens at each position (<c>logprobs</c>), or null.</param>
/// <param name="Stops">Texts that end the generation.</param>
internal sealed record CompletionRequest(
    ReadOnlyMemory<int> Ids, int MaximumTokens, string? Text = null, int? PromptLogprobs = null, bool Echo = false, int? Logprobs = null,
    IReadOnlyList<string>? Stops = null)
{
    /// <summary>The request's JSON.</summary>
    /// <param name="model">The model's name on the server.</param>
    public byte[] ToJson(string model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            if (Text is not null)
            {
                json.WriteString("prompt", Text);
            }
            else
            {
                json.WriteStartArray("prompt");
                foreach (int id in Ids.Span)
                    json.WriteNumberValue(id);
                json.WriteEndArray();
            }

            json.WriteNumber("max_tokens", MaximumTokens);
            json.WriteNumber("temperature", 0);
            json.WriteNumber("seed", 0);
            if (PromptLogprobs is { } prompt)
                json.WriteNumber("prompt_logprobs", prompt);
            if (Echo)
                json.WriteBoolean("echo", true);
            if (Logprobs is { } logprobs)
                json.WriteNumber("logprobs", logprobs);
            if (Stops is { Count: > 0 })
            {
                json.WriteStartArray("stop");
                foreach (string stop in Stops)
                    json.WriteStringValue(stop);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
