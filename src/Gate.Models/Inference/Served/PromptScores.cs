namespace Gate.Models.Inference.Served;

/// <summary>One scored token of a prompt.</summary>
/// <param name="LogProbability">Natural-log probability given everything before it.</param>
/// <param name="Rank">Rank in the whole vocabulary, or null when the server does not say.</param>
/// <param name="IsBest">Whether no token the server lists at the position is more probable.</param>
internal readonly record struct PromptScore(double LogProbability, int? Rank, bool IsBest);

/// <summary>Scores of the last tokens of a prompt, in either dialect.</summary>
internal static class PromptScores
{
    /// <summary>The request whose answer holds them.</summary>
    /// <param name="ids">The whole sequence.</param>
    /// <param name="dialect">Not <see cref="ServerDialect.GenerateOnly"/>.</param>
    public static CompletionRequest Request(ReadOnlyMemory<int> ids, ServerDialect dialect) => dialect == ServerDialect.PromptLogprobs
        ? new CompletionRequest(ids, 1, PromptLogprobs: 1)
        : new CompletionRequest(ids, 1, Echo: true, Logprobs: 1);

    /// <summary>Reads them.</summary>
    /// <param name="reply">The answer to <see cref="Request"/>.</param>
    /// <param name="ids">The whole sequence.</param>
    /// <param name="first">Position of the first wanted token, at least 1.</param>
    /// <param name="dialect">The dialect it was asked in.</param>
    /// <param name="names">Names of tokens.</param>
    /// <exception cref="ServerReplyException">Positions are missing or belong to other tokens.</exception>
    public static PromptScore[] Read(CompletionReply reply, ReadOnlySpan<int> ids, int first, ServerDialect dialect, TokenNames names)
    {
        var scores = new PromptScore[ids.Length - first];
        for (int i = first; i < ids.Length; i++)
            scores[i - first] = dialect == ServerDialect.PromptLogprobs ? OfPrompt(reply, i, ids) : OfEcho(reply, i, ids, names);
        return scores;
    }

    private static PromptScore OfPrompt(CompletionReply reply, int position, ReadOnlySpan<int> ids)
    {
        if (reply.Prompt is not { } prompt || prompt.Count != ids.Length)
            throw new ServerReplyException($"expected {ids.Length} positions of 'prompt_logprobs', found {reply.Prompt?.Count ?? 0}");
        if (prompt[position] is not { } token || !token.Entries.TryGetValue(ids[position], out PromptTokenEntry? entry))
            throw new ServerReplyException($"expected token {ids[position]} at position {position} of 'prompt_logprobs', found others");
        return new PromptScore(
            entry.LogProbability, entry.Rank, entry.Rank is { } rank ? rank == 1 : token.Entries.Values.All(other => other.LogProbability <= entry.LogProbability));
    }

    private static PromptScore OfEcho(CompletionReply reply, int position, ReadOnlySpan<int> ids, TokenNames names)
    {
        if (reply.Generated is not { } tokens || tokens.Count < ids.Length)
            throw new ServerReplyException($"expected {ids.Length} echoed tokens in 'logprobs', found {reply.Generated?.Count ?? 0}");
        ReplyToken token = tokens[position];
        if (token.LogProbability is not double value || !names.CanMean(token.Token, ids[position]))
            throw new ServerReplyException($"expected the log-probability of token {ids[position]} at position {position}, found \"{CompletionReplyReader.Shown(token.Token)}\"");
        return new PromptScore(value, null, token.Top.All(top => top.LogProbability <= value));
    }
}
