namespace Gate.Models.Tokenization.Models;

/// <summary>The merges of a vocabulary, gathered one by one: the table to merge with, and the boundaries that no merge crosses.</summary>
internal sealed class BytePairMerges
{
    private readonly Vocabulary _vocabulary;
    private readonly string _prefix;
    private readonly HashSet<int> _standIns;
    private char[] _merged = new char[128];
    private int _lastId;

    /// <summary>Starts with none.</summary>
    /// <param name="vocabulary">Where the tokens are looked up.</param>
    /// <param name="capacity">How many merges there will be, about.</param>
    /// <param name="options">How characters become symbols.</param>
    public BytePairMerges(Vocabulary vocabulary, int capacity, BytePairOptions options)
    {
        (_vocabulary, _prefix) = (vocabulary, options.ContinuingPrefix);
        int[] bytes = ByteFallback.Ids(vocabulary);
        _standIns = [.. bytes, options.UnknownId ?? -1];

        Table = new MergeTable(capacity);

        // Affixes depend on the ends of a piece, and a character that is dropped lets its neighbours meet.
        bool isAffixed = options.ContinuingPrefix.Length + options.EndSuffix.Length > 0;
        bool isComplete = options.UnknownId is not null || (options.FallsBackToBytes && !bytes.Contains(-1));
        Boundaries = isComplete && !isAffixed ? new MergeBoundaries(vocabulary) : new MergeBoundaries();
    }

    /// <summary>The table.</summary>
    public MergeTable Table { get; }

    /// <summary>The boundaries.</summary>
    public MergeBoundaries Boundaries { get; private set; }

    /// <summary>Adds the merge of two tokens behind all that are there.</summary>
    /// <returns>What the vocabulary lacks for it: null when nothing.</returns>
    public string? Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int leftId = _vocabulary.Find(left);
        int rightId = _vocabulary.Find(right);
        if (leftId < 0 || rightId < 0)
            return $"expected tokens of the vocabulary, found '{(leftId < 0 ? left : right)}'";
        ReadOnlySpan<char> rest = _prefix.Length > 0 && right.StartsWith(_prefix) ? right[_prefix.Length..] : right;
        if (_merged.Length < left.Length + rest.Length)
            _merged = new char[2 * (left.Length + rest.Length)];
        left.CopyTo(_merged);
        rest.CopyTo(_merged.AsSpan(left.Length));
        ReadOnlySpan<char> merged = _merged.AsSpan(0, left.Length + rest.Length);
        int id = IdOf(merged);
        if (id < 0)
            return $"expected the merged token in the vocabulary, found no '{merged}'";
        Table.Add(leftId, rightId, id);
        _lastId = id;

        // A merge of symbols that stand for characters other than they spell can join any.
        if (left.IsEmpty || right.IsEmpty || _standIns.Contains(leftId) || _standIns.Contains(rightId))
            Boundaries = new MergeBoundaries();
        else
            Boundaries.Join(left, right);
        return null;
    }

    // Ids were given in the order of the merges, so that the next is nearly always this one or the one after it.
    private int IdOf(ReadOnlySpan<char> merged)
    {
        for (int id = _lastId; id <= _lastId + 1; id++)
        {
            if (merged.SequenceEqual(_vocabulary.TokenOf(id)))
                return id;
        }

        return _vocabulary.Find(merged);
    }
}
