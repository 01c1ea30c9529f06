namespace Gate.Compression.ErrorFeedback;

/// <summary>How columns are divided into blocks.</summary>
internal static class ColumnBlocks
{
    /// <summary>Blocks of one size, the last one shorter.</summary>
    public static IReadOnlyList<int> Even(int columns, int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        List<int> ends = [];
        for (int end = blockSize; end < columns; end += blockSize)
            ends.Add(end);
        ends.Add(columns);
        return ends;
    }

    /// <summary>
    /// Blocks near a size that no group straddles unless it is longer than a block, and that begin wherever a longer group begins: at a group's start
    /// no error is then waiting to be spread over it.
    /// </summary>
    public static IReadOnlyList<int> Aligned(int columns, int blockSize, int group)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        if (group <= blockSize)
            return Even(columns, blockSize / group * group);
        List<int> ends = [];
        for (int start = 0; start < columns; start += group)
        {
            for (int end = start + blockSize; end < Math.Min(start + group, columns); end += blockSize)
                ends.Add(end);
            ends.Add(Math.Min(start + group, columns));
        }

        return ends;
    }
}
