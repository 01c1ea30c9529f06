namespace Gate.Models.Tokenization.Models;

/// <summary>Tokens and their ids, as the file spells them.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens;
    private readonly int[] _characters = new int[char.MaxValue + 1];

    /// <summary>Wraps a table of ids. Of two tokens with the same id the first has it back.</summary>
    public Vocabulary(Dictionary<string, int> ids)
        : this(ids, new Dictionary<int, string>(ids.Count))
    {
        foreach ((string token, int id) in ids)
            _tokens.TryAdd(id, token);
    }

    private Vocabulary(Dictionary<string, int> ids, Dictionary<int, string> tokens)
    {
        (_ids, _tokens) = (ids, tokens);
        Array.Fill(_characters, -1);
        foreach ((string token, int id) in ids)
        {
            Size = Math.Max(Size, id + 1);
            if (token.Length == 1)
                _characters[token[0]] = id;
        }
    }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; private init; }

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>The tokens, each once.</summary>
    public IEnumerable<string> Tokens => _ids.Keys;

    /// <summary>A vocabulary whose ids are places in a list; a token that stands twice has the later id, and both ids stand for it.</summary>
    public static Vocabulary OfList(IReadOnlyList<string> tokens)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        var spelled = new Dictionary<int, string>(tokens.Count);
        for (int id = 0; id < tokens.Count; id++)
            (ids[tokens[id]], spelled[id]) = (id, tokens[id]);
        return new Vocabulary(ids, spelled) { Size = tokens.Count };
    }

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The id of a token spelled by a span, or −1.</summary>
    public int Find(ReadOnlySpan<char> token) =>
        token.Length == 1 ? _characters[token[0]] : _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out int id) ? id : -1;

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <summary>Adds the tokens in the order of their ids, and the ids.</summary>
    public void Describe(TokenizerDigest digest)
    {
        (int Id, string Token)[] entries = [.. _ids.Select(entry => (entry.Value, entry.Key))];
        Array.Sort(entries, (left, right) => left.Id != right.Id ? left.Id.CompareTo(right.Id) : string.CompareOrdinal(left.Token, right.Token));
        digest.Add(Size).Add<int>([.. entries.Select(entry => entry.Id)]);
        foreach ((_, string token) in entries)
            digest.Add(token);
    }
}
