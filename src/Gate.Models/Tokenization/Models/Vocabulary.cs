using System.Text;

namespace Gate.Models.Tokenization.Models;

/// <summary>Tokens and their ids, as the file spells them.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _known;

    // Ids are places in the array where they follow one another, as they nearly always do; the others are kept by key.
    private readonly string?[] _tokens;
    private readonly Dictionary<int, string> _scattered = [];
    private readonly int[] _characters = new int[char.MaxValue + 1];

    /// <summary>Wraps a table of ids, compared by ordinals. Of two tokens with the same id the first has it back.</summary>
    public Vocabulary(Dictionary<string, int> ids)
    {
        (_ids, _known) = (ids, ids.GetAlternateLookup<ReadOnlySpan<char>>());
        _tokens = new string?[2 * ids.Count];
        Array.Fill(_characters, -1);
        foreach ((string token, int id) in ids)
        {
            Size = Math.Max(Size, id + 1);
            if (id >= _tokens.Length)
                _scattered.TryAdd(id, token);
            else
                _tokens[id] ??= token;
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

    /// <summary>A vocabulary whose ids are places in a list; a token that stands twice has the later id.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="keepsReplaced">Whether the earlier id of such a token stands for it too.</param>
    public static Vocabulary OfList(IReadOnlyList<string> tokens, bool keepsReplaced)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
            ids[tokens[id]] = id;
        var vocabulary = new Vocabulary(ids) { Size = tokens.Count };
        for (int id = 0; keepsReplaced && id < tokens.Count; id++)
        {
            if (id < vocabulary._tokens.Length)
                vocabulary._tokens[id] ??= tokens[id];
            else
                vocabulary._scattered.TryAdd(id, tokens[id]);
        }

        return vocabulary;
    }

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The id of a token spelled by a span, or −1.</summary>
    public int Find(ReadOnlySpan<char> token) =>
        token.Length == 1 ? _characters[token[0]] : _known.TryGetValue(token, out int id) ? id : -1;

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : _scattered.GetValueOrDefault(id);

    /// <summary>Adds the tokens in the order of their ids, and the ids; those of added tokens are left out.</summary>
    public void Describe(TokenizerDigest digest)
    {
        KeyValuePair<string, int>[] entries = [.. _ids.Where(entry => !digest.LeavesOut(entry.Value))];
        if (!IsOrdered(entries))
            Array.Sort(entries, Compare);
        using var text = new MemoryStream();
        int[] lengths = new int[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(entries[i].Key);
            text.Write(bytes);
            lengths[i] = bytes.Length;
        }

        digest.Add<int>(Array.ConvertAll(entries, entry => entry.Value)).Add<int>(lengths).Add<byte>(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    private static bool IsOrdered(KeyValuePair<string, int>[] entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i - 1].Value >= entries[i].Value)
                return false;
        }

        return true;
    }

    private static int Compare(KeyValuePair<string, int> left, KeyValuePair<string, int> right) =>
        left.Value != right.Value ? left.Value.CompareTo(right.Value) : string.CompareOrdinal(left.Key, right.Key);
}
