using Gate.Models.Structure;

namespace Gate.Compression.Pruning.Structured;

/// <summary>From marked slices to marked weights.</summary>
internal static class SliceMask
{
    /// <summary>The mask of a matrix, true = pruned.</summary>
    /// <param name="slices">One mark for each slice.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="count">Number of weights.</param>
    /// <param name="dimension">What a slice is.</param>
    public static bool[] Of(bool[] slices, int columns, int count, SliceDimension dimension)
    {
        bool[] mask = new bool[count];
        for (int row = 0; row < count / columns; row++)
        {
            Span<bool> marks = mask.AsSpan(row * columns, columns);
            if (dimension == SliceDimension.Rows)
                marks.Fill(slices[row]);
            else
                slices.CopyTo(marks);
        }

        return mask;
    }
}
