using System.Runtime.InteropServices;

namespace Gate.Models.Batching;

/// <summary>
/// The tokens of one forward pass: all segments one after the other in one token matrix, nothing padded. A segment may continue another segment
/// of the same batch, because every block stores all keys and values before any token attends.
/// </summary>
internal sealed class RaggedBatch
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _types = [];
    private readonly List<Segment> _segments = [];

    /// <summary>Starts an empty batch.</summary>
    /// <param name="lengthClass">Length class of all its sequences; keys and values of one class fit no other.</param>
    public RaggedBatch(int lengthClass) => LengthClass = lengthClass;

    /// <summary>Length class of all its sequences.</summary>
    public int LengthClass { get; }

    /// <summary>Token ids, one for each row of the token matrix.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => CollectionsMarshal.AsSpan(_positions);

    /// <summary>The segments, in the order of their tokens.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>Rows of the token matrix.</summary>
    public int Count => _tokens.Count;

    /// <summary>One more than the largest position.</summary>
    public int PositionCount { get; private set; }

    /// <summary>Segment type of each token (BERT's first and second text), or empty where all are of the first.</summary>
    public ReadOnlySpan<int> Types => CollectionsMarshal.AsSpan(_types);

    /// <summary>Appends a whole sequence that nothing continues.</summary>
    /// <param name="ids">The tokens, at least one.</param>
    /// <param name="storeRow">Store row of the first; the others follow.</param>
    /// <param name="types">Segment type of each, or empty for the first.</param>
    public void AddWhole(ReadOnlySpan<int> ids, int storeRow, ReadOnlySpan<int> types = default)
    {
        if (!types.IsEmpty)
        {
            CollectionsMarshal.SetCount(_types, _tokens.Count);
            _types.AddRange(types);
        }
        else if (_types.Count > 0)
        {
            CollectionsMarshal.SetCount(_types, _tokens.Count + ids.Length);
        }

        Add(ids, 0, storeRow, new KeyValueRun[] { new(storeRow, ids.Length) });
    }

    /// <summary>Appends new tokens of a sequence.</summary>
    /// <param name="ids">The tokens, at least one.</param>
    /// <param name="startPosition">Position of the first.</param>
    /// <param name="storeRow">Store row of the first; the others follow.</param>
    /// <param name="runs">Store rows of the whole sequence up to and including these tokens.</param>
    /// <param name="memory">Rows of the memory store that belong to the sequence.</param>
    public void Add(ReadOnlySpan<int> ids, int startPosition, int storeRow, ReadOnlyMemory<KeyValueRun> runs, KeyValueRun memory = default)
    {
        _segments.Add(new Segment(_tokens.Count, ids.Length, startPosition, storeRow, runs) { Memory = memory });
        _tokens.AddRange(ids);
        for (int i = 0; i < ids.Length; i++)
            _positions.Add(startPosition + i);
        PositionCount = Math.Max(PositionCount, startPosition + ids.Length);
    }
}
