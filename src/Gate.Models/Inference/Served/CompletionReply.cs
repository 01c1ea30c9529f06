namespace Gate.Models.Inference.Served;

/// <summary>What a server said to one completion request, checked.</summary>
/// <param name="Text">The generated text (with an echo, the prompt's text before it).</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, or what the server calls it; empty when it says nothing.</param>
/// <param name="PromptTokens">How many tokens the server counted in the prompt, or null when it does not say.</param>
/// <param name="CompletionTokens">How many tokens the server generated, or null when it does not say.</param>
/// <param name="Prompt">One entry per prompt token when prompt log-probabilities were asked for and given, else null.</param>
/// <param name="Generated">One entry per token of <c>logprobs</c>: the generated tokens (with an echo, the prompt's before them); null when there are none.</param>
internal sealed record CompletionReply(
    string Text, string FinishReason, int? PromptTokens, int? CompletionTokens, IReadOnlyList<PromptToken?>? Prompt, IReadOnlyList<ReplyToken>? Generated)
{
    /// <summary>Every text of the server's in the reply.</summary>
    public IEnumerable<string> Texts =>
    [
        Text, FinishReason,
        .. Prompt?.SelectMany(position => position?.Entries.Values.Select(entry => entry.Decoded) ?? []).OfType<string>() ?? [],
        .. Generated?.SelectMany(token => token.Top.SelectMany(listed => new[] { listed.Token, listed.Text }).Append(token.Token).Append(token.Text)).OfType<string>() ?? [],
    ];
}

/// <summary>A position of <c>prompt_logprobs</c>; null at the first.</summary>
/// <param name="Entries">By token id: log-probability, rank and decoded text.</param>
internal sealed record PromptToken(IReadOnlyDictionary<int, PromptTokenEntry> Entries);

/// <summary>One token at a position of <c>prompt_logprobs</c>.</summary>
/// <param name="LogProbability">Natural logarithm, at most 0.</param>
/// <param name="Rank">Rank in the whole vocabulary, 1 = most probable; null when the server does not say.</param>
/// <param name="Decoded">The token's text; null when the server does not say.</param>
internal sealed record PromptTokenEntry(double LogProbability, int? Rank, string? Decoded);

/// <summary>A token of <c>logprobs</c>.</summary>
/// <param name="Token">Its text, or <c>token_id:N</c>.</param>
/// <param name="LogProbability">Natural logarithm, at most 0; null at the first position of an echo.</param>
/// <param name="Top">The most probable tokens at the position, best first; empty when the server gives none.</param>
/// <param name="Text">The text the server gives beside an id; null when the name is all it gives.</param>
internal sealed record ReplyToken(string Token, double? LogProbability, IReadOnlyList<ListedToken> Top, string? Text = null);

/// <summary>One of the most probable tokens at a position.</summary>
/// <param name="Token">Its text, or <c>token_id:N</c>.</param>
/// <param name="LogProbability">Natural logarithm, at most 0.</param>
/// <param name="Text">The text the server gives beside an id; null when the name is all it gives.</param>
internal readonly record struct ListedToken(string Token, double LogProbability, string? Text = null);
