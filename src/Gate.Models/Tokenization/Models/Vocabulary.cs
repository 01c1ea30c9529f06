namespace Gate.Models.Tokenization.Models;

/// <summary>Tokens and their ids, as the file spells them.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens;

    /// <summary>Wraps a table of ids.</summary>
    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _tokens = new Dictionary<int, string>(ids.Count);
        foreach ((string token, int id) in ids)
            _tokens.TryAdd(id, token);
        Size = ids.Count == 0 ? 0 : ids.Values.Max() + 1;
    }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; }

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The id of a token spelled by a span, or −1.</summary>
    public int Find(ReadOnlySpan<char> token) => _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out int id) ? id : -1;

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);
}
