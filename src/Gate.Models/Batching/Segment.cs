namespace Gate.Models.Batching;

/// <summary>New tokens of one sequence inside a batch.</summary>
/// <param name="FirstToken">Row of its first token in the batch's token matrix.</param>
/// <param name="Count">Its tokens, at least 1.</param>
/// <param name="StartPosition">Position of its first token in the sequence.</param>
/// <param name="StoreRow">Row of the key/value store that receives its first token; the others follow.</param>
/// <param name="Runs">The store rows of positions 0 to <paramref name="StartPosition"/> + <paramref name="Count"/> − 1 in order, its own among them.</param>
internal readonly record struct Segment(int FirstToken, int Count, int StartPosition, int StoreRow, ReadOnlyMemory<KeyValueRun> Runs)
{
    /// <summary>Rows of the memory store that hold what the encoder read for this sequence; empty where there is no encoder.</summary>
    public KeyValueRun Memory { get; init; }
}
