namespace Gate.Compression;

/// <summary>
/// Matrices of finished layers are garbage of the largest kind, which the collector leaves lying until it has grown by a share of the heap. Between
/// layers it is taken away, so that memory holds what is in use and no more; after little work there is nothing to take.
/// </summary>
internal static class LargeGarbage
{
    /// <summary>Bytes that may be allocated before the next collection, and so lie dead meanwhile.</summary>
    public const long Least = 48L << 20;

    private static long collectedAt;

    /// <summary>Collects when enough was allocated since the last time.</summary>
    public static void Collect()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - Interlocked.Read(ref collectedAt) < Least)
            return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Interlocked.Exchange(ref collectedAt, allocated);
    }
}
