using System.Runtime.InteropServices;

namespace Gate.Models.Inference.Batching;

/// <summary>
/// The tokens of one forward pass: all segments one after the other in one token matrix, nothing padded. A segment may continue another segment
/// of the same batch, because every block stores all keys and values before any token attends.
/// </summary>
internal sealed class RaggedBatch
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _positions = [];
    private readonly List<Segment> _segments = [];

    /// <summary>Starts an empty batch.</summary>
    /// <param name="lengthClass">Length class of all its sequences; see <see cref="Architectures.IDecoder.LengthClass"/>.</param>
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

    /// <summary>Appends new tokens of a sequence.</summary>
    /// <param name="ids">The tokens, at least one.</param>
    /// <param name="startPosition">Position of the first.</param>
    /// <param name="storeRow">Store row of the first; the others follow.</param>
    /// <param name="runs">Store rows of the whole sequence up to and including these tokens.</param>
    public void Add(ReadOnlySpan<int> ids, int startPosition, int storeRow, ReadOnlyMemory<KeyValueRun> runs)
    {
        _segments.Add(new Segment(_tokens.Count, ids.Length, startPosition, storeRow, runs));
        _tokens.AddRange(ids);
        for (int i = 0; i < ids.Length; i++)
            _positions.Add(startPosition + i);
        PositionCount = Math.Max(PositionCount, startPosition + ids.Length);
    }
}
