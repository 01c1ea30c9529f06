using Gate.Diagnostics;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference.Served;

/// <summary>What a server was seen to give.</summary>
/// <param name="Dialect">How it gives prompt log-probabilities.</param>
/// <param name="Top">How many of the most probable next tokens it lists.</param>
internal sealed record ServerAbilities(ServerDialect Dialect, int Top);

/// <summary>Finds out with a few tiny requests what a server can return, and whether it cuts text into the same tokens as the local tokenizer.</summary>
internal sealed class ServerProbe(CompletionClient client, ServedModelSettings settings, Tokenizer tokenizer, CancellationToken cancellationToken)
{
    private const string Text = "The capital of France is Paris.";

    private const int CheckedTokens = 16;
    private const int Padding = 1024;

    private static readonly int[] TopCounts = [20, 10, 5, 2, 1];

    private readonly int[] _ids = tokenizer.Encode(Text, addSpecialTokens: false);
    private readonly TokenNames _names = new(tokenizer);

    /// <summary>Asks.</summary>
    /// <exception cref="GateException">Exit 4: no answer (GATE6003 to GATE6005), another tokenizer (GATE6007), or not the dialect that was configured (GATE6006).</exception>
    public ServerAbilities Run()
    {
        // The plainest request first, so that a wrong address or key is told as such.
        CompletionReply plain = client.Send([new CompletionRequest(_ids, 1)], null, cancellationToken)[0];
        CheckCount(plain, [_ids.Length], "token ids");
        if (client.Try(new CompletionRequest(default, 1, Text), cancellationToken) is { } asText)
            CheckCount(asText, [_ids.Length, tokenizer.Encode(Text, addSpecialTokens: true).Length], "text");
        ServerDialect dialect = DialectOf();
        if (settings.Dialect is { } wanted && wanted != dialect && wanted != ServerDialect.GenerateOnly)
        {
            throw GateException.Input(
                "GATE6006", $"{settings.Url}: endpoint.json says dialect {NameOf(wanted)}, and the server does not return log-probabilities of a prompt that way", Place,
                $"Leave 'dialect' out; what the server was seen to give is {NameOf(dialect)}.");
        }

        if (dialect == ServerDialect.GenerateOnly)
            CheckListed();
        return new ServerAbilities(settings.Dialect ?? dialect, TopOf());
    }

    /// <summary>Whether the server lists every token of the vocabulary at a position when asked to, as llama.cpp's does.</summary>
    public bool ListsVocabulary() =>
        client.Try(new CompletionRequest(_ids, 1, Logprobs: WholeVocabulary(tokenizer)), cancellationToken) is { Generated: [{ Top.Count: var found }, ..] }
        && found >= tokenizer.VocabularySize;

    /// <summary>How many tokens are the whole vocabulary, also of a server whose vocabulary is padded to a round number.</summary>
    public static int WholeVocabulary(Tokenizer tokenizer) => tokenizer.VocabularySize + Padding;

    /// <summary>A dialect as the configuration spells it.</summary>
    public static string NameOf(ServerDialect dialect) => dialect switch
    {
        ServerDialect.PromptLogprobs => "prompt-logprobs",
        ServerDialect.Echo => "echo",
        _ => "generate-only",
    };

    private SourceLocation Place => new(settings.File);

    private ServerDialect DialectOf()
    {
        if (settings.Dialect is null or ServerDialect.PromptLogprobs
            && client.Try(new CompletionRequest(_ids, 1, PromptLogprobs: 1), cancellationToken) is { Prompt: { } prompt } && prompt.Count == _ids.Length
            && Enumerable.Range(1, _ids.Length - 1).All(i => prompt[i] is not null))
        {
            CheckTokens([.. Enumerable.Range(1, _ids.Length - 1).Select(i =>
                (_ids[i], prompt[i]!.Entries.TryGetValue(_ids[i], out PromptTokenEntry? entry) ? entry.Decoded ?? tokenizer.TokenOf(_ids[i])! : "another token"))]);
            return ServerDialect.PromptLogprobs;
        }

        if (settings.Dialect is null or ServerDialect.Echo
            && client.Try(new CompletionRequest(_ids, 1, Echo: true, Logprobs: 1), cancellationToken) is { Generated: { } echoed } && echoed.Count >= _ids.Length
            && echoed.Take(_ids.Length).Skip(1).All(token => token.LogProbability is not null))
        {
            CheckTokens([.. Enumerable.Range(0, _ids.Length).Select(i => (_ids[i], echoed[i].Token))]);
            return ServerDialect.Echo;
        }

        return ServerDialect.GenerateOnly;
    }

    // A prompt of ids that comes back as a count shows no vocabulary; the tokens listed after it do, where ids and texts are given. Special tokens have no text.
    private void CheckListed()
    {
        int room = Math.Clamp(settings.ContextLength - _ids.Length, 1, CheckedTokens);
        if (client.Try(new CompletionRequest(_ids, room, Logprobs: TopCounts[0]), cancellationToken) is { Generated: { } generated })
        {
            CheckTokens([.. generated.SelectMany(token => token.Top.Append(new ListedToken(token.Token, 0, token.Text)))
                .Where(token => token.Text is { Length: > 0 }).Select(token => (_names.IdOf(token.Token), token.Text!))]);
        }
    }

    private int TopOf() => TopCounts.FirstOrDefault(count =>
        client.Try(new CompletionRequest(_ids, 1, Logprobs: count), cancellationToken) is { Generated: [{ Top.Count: var found }, ..] } && found >= count);

    private string TextOf(int id) => id >= 0 && id < tokenizer.VocabularySize ? $"\"{tokenizer.Decode([id], skipSpecialTokens: false)}\"" : "unknown";

    private void CheckCount(CompletionReply reply, int[] expected, string what)
    {
        if (reply.PromptTokens is { } found && !expected.Contains(found))
        {
            throw GateException.Input(
                "GATE6007", $"{settings.Url}: the local tokenizer makes {string.Join(" or ", expected.Distinct())} tokens of \"{Text}\", the server counts {found} (sent as {what})", Place,
                "Put the tokenizer files of the served model beside endpoint.json, and check 'model'.");
        }
    }

    private void CheckTokens(IReadOnlyList<(int Id, string Name)> tokens)
    {
        foreach ((int id, string name) in tokens)
        {
            if (id < 0 || id >= tokenizer.VocabularySize || !_names.CanMean(name, id))
            {
                throw GateException.Input(
                    "GATE6007",
                    $"{settings.Url}: token {id} is {TextOf(id)} to the local tokenizer and \"{CompletionReplyReader.Shown(name)}\" to the server",
                    Place, "Put the tokenizer files of the served model beside endpoint.json, and check 'model'.");
            }
        }
    }
}
