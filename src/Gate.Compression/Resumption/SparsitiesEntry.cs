namespace Gate.Compression.Resumption;

/// <summary>The sparsities that a pass over the dense model gave its blocks; without bytes.</summary>
/// <param name="Sparsities">Of each pruned block, in order.</param>
/// <param name="Offset">Where bytes would begin.</param>
/// <param name="Length">0.</param>
/// <param name="Hash">SHA-256 of nothing.</param>
internal sealed record SparsitiesEntry(double[] Sparsities, long Offset, long Length, string Hash) : JournalEntry(Offset, Length, Hash);
