namespace Gate.Models.Tokenization.Models;

/// <summary>
/// Where a text falls apart whatever its merges: between two characters that no merge can bring together, since no left part ends with the one where the right
/// part begins with the other. Vocabularies of SentencePiece, which take a whole text as one piece, fall apart at nearly every space.
/// </summary>
internal sealed class MergeBoundaries
{
    private const byte Anything = 0, Few = 1, Nothing = 2;
    private const int MostNeighbours = 8;

    // For each UTF-16 unit that can begin a symbol what may stand before it without being joined to it: anything, all but a few units, nothing.
    private readonly byte[] _kinds = new byte[char.MaxValue + 1];
    private readonly Dictionary<char, string> _joined = [];

    /// <summary>Starts with no boundary at all.</summary>
    public MergeBoundaries() => Array.Fill(_kinds, Nothing);

    /// <summary>Starts from the symbols of a vocabulary, which are apart until a merge joins them. Other characters are never apart: they may be unknown together.</summary>
    public MergeBoundaries(Vocabulary vocabulary)
        : this()
    {
        foreach (string token in vocabulary.Tokens)
        {
            if (token.Length == 1 && !char.IsSurrogate(token[0]))
                _kinds[token[0]] = Anything;
        }
    }

    /// <summary>Takes a merge into account.</summary>
    /// <param name="left">The left part, not empty.</param>
    /// <param name="right">The right part, not empty.</param>
    public void Join(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        (char last, char first) = (left[^1], right[0]);
        if (_kinds[first] == Nothing)
            return;
        string joined = _joined.GetValueOrDefault(first, "");
        if (joined.Contains(last))
            return;
        _kinds[first] = joined.Length < MostNeighbours ? Few : Nothing;
        _joined[first] = joined + last;
    }

    /// <summary>Whether a text can be cut between two neighbouring units.</summary>
    public bool Between(char left, char right) => _kinds[right] switch
    {
        Nothing => false,
        Few => !_joined[right].Contains(left),
        _ => true,
    };
}
