using System.Text.Json;

namespace Gate.Models.Inference.Served;

/// <summary>
/// Reads the JSON of a completion. Whatever a server sends is input: lengths, kinds and values are checked here, so that a wrong answer becomes an error
/// and never a score.
/// </summary>
internal static class CompletionReplyReader
{
    private const int MaximumDepth = 16;

    // A log-probability may come out a rounding above 0; anything larger is none.
    private const double RoundingAboveZero = 1e-3;

    /// <summary>Reads a reply.</summary>
    /// <param name="body">The body.</param>
    /// <exception cref="ServerReplyException">What is wrong with it.</exception>
    public static CompletionReply Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            JsonElement root = document.RootElement;
            JsonElement choices = Property(root, "choices", JsonValueKind.Array);
            if (choices.GetArrayLength() != 1)
                throw new ServerReplyException($"expected one choice, found {choices.GetArrayLength()}");
            JsonElement choice = choices[0];
            JsonElement? usage = Optional(root, "usage", JsonValueKind.Object);
            return new CompletionReply(
                Property(choice, "text", JsonValueKind.String).GetString()!,
                Optional(choice, "finish_reason", JsonValueKind.String)?.GetString() ?? "",
                Count(usage, "prompt_tokens"),
                Count(usage, "completion_tokens"),
                (Optional(choice, "prompt_logprobs", JsonValueKind.Array) ?? Optional(root, "prompt_logprobs", JsonValueKind.Array)) is { } prompt
                    ? [.. prompt.EnumerateArray().Select(PromptTokenOf)]
                    : null,
                Optional(choice, "logprobs", JsonValueKind.Object) is { } logprobs ? Tokens(logprobs) : null);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw new ServerReplyException($"expected the JSON of a completion, found something else: {exception.Message}");
        }
    }

    private static int? Count(JsonElement? usage, string name) =>
        usage is { } counts ? Optional(counts, name, JsonValueKind.Number)?.GetInt32() : null;

    private static IReadOnlyList<ReplyToken> Tokens(JsonElement logprobs)
    {
        // llama.cpp's server lists the tokens of a completion as the chat endpoint does.
        if (!logprobs.TryGetProperty("tokens", out _) && Optional(logprobs, "content", JsonValueKind.Array) is { } content)
            return [.. content.EnumerateArray().Select(ContentToken)];
        JsonElement tokens = Property(logprobs, "tokens", JsonValueKind.Array);
        JsonElement values = Property(logprobs, "token_logprobs", JsonValueKind.Array);
        JsonElement? tops = Optional(logprobs, "top_logprobs", JsonValueKind.Array);
        int count = tokens.GetArrayLength();
        if (values.GetArrayLength() != count || (tops is { } array && array.GetArrayLength() != count))
            throw new ServerReplyException($"'logprobs' has {count} tokens and {values.GetArrayLength()} log-probabilities");
        return [.. Enumerable.Range(0, count).Select(i => new ReplyToken(
            tokens[i].GetString() ?? throw new ServerReplyException($"token {i} of 'logprobs' is null"),
            values[i].ValueKind == JsonValueKind.Null ? null : LogProbability(values[i]),
            tops is { } all && all[i].ValueKind == JsonValueKind.Object ? Top(all[i]) : []))];
    }

    private static IReadOnlyList<ListedToken> Top(JsonElement top) =>
        [.. top.EnumerateObject().Select(entry => new ListedToken(entry.Name, LogProbability(entry.Value))).OrderByDescending(entry => entry.LogProbability)];

    private static ReplyToken ContentToken(JsonElement token)
    {
        ListedToken own = Listed(token);
        return new ReplyToken(
            own.Token, own.LogProbability,
            Optional(token, "top_logprobs", JsonValueKind.Array) is { } top
                ? [.. top.EnumerateArray().Select(Listed).OrderByDescending(entry => entry.LogProbability)]
                : [],
            own.Text);
    }

    // Several tokens can have one text (special ones have none, halves of a character lose what is broken), so an id is the better name.
    private static ListedToken Listed(JsonElement token)
    {
        string text = Property(token, "token", JsonValueKind.String).GetString()!;
        double logProbability = LogProbability(Property(token, "logprob", JsonValueKind.Number));
        return Optional(token, "id", JsonValueKind.Number) is { } id
            ? new ListedToken(TokenNames.OfId(id.GetInt32()), logProbability, text)
            : new ListedToken(text, logProbability);
    }

    private static PromptToken? PromptTokenOf(JsonElement position)
    {
        if (position.ValueKind == JsonValueKind.Null)
            return null;
        Dictionary<int, PromptTokenEntry> entries = [];
        foreach (JsonProperty entry in position.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int id))
                throw new ServerReplyException($"expected token ids as keys of 'prompt_logprobs', found \"{Shown(entry.Name)}\"");
            int? rank = Optional(entry.Value, "rank", JsonValueKind.Number)?.GetInt32();
            if (rank < 1)
                throw new ServerReplyException($"expected ranks from 1 on, found {rank}");
            entries[id] = new PromptTokenEntry(
                LogProbability(Property(entry.Value, "logprob", JsonValueKind.Number)), rank, Optional(entry.Value, "decoded_token", JsonValueKind.String)?.GetString());
        }

        return new PromptToken(entries);
    }

    private static double LogProbability(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number) || number > RoundingAboveZero)
            throw new ServerReplyException($"expected a log-probability of at most 0, found {Shown(value.GetRawText())}");
        return Math.Min(number, 0);
    }

    private static JsonElement Property(JsonElement parent, string name, JsonValueKind kind) =>
        Optional(parent, name, kind) ?? throw new ServerReplyException($"expected '{name}', found no such key");

    private static JsonElement? Optional(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw new ServerReplyException($"expected '{name}' to be of kind {kind}, found {value.ValueKind}");
    }

    /// <summary>A server's text as a message may show it: short, one line, no control characters.</summary>
    public static string Shown(string text)
    {
        string line = new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length <= 200 ? line : $"{line.AsSpan(0, 197)}...";
    }
}

/// <summary>A server's answer that cannot be what was asked for; the message says why.</summary>
internal sealed class ServerReplyException(string message) : Exception(message);
