using Gate.Models.Checkpoints;

namespace Gate.Compression;

/// <summary>What the values of a stored matrix say about how it was made.</summary>
public static class StoredWeights
{
    private const int BandValues = 1 << 18;

    // Rounding to 16 bits moves neighbours of an 8-bit grid together to a quarter of a step at worst: just above a power of two the upper one moves by half a step, the lower by a quarter.
    private const double GridSlack = 0.25;

    /// <summary>Number of weights that are exactly zero; reads the whole matrix, a band of rows at a time.</summary>
    public static long CountZeros(Checkpoint checkpoint, TensorInfo tensor)
    {
        long rows = tensor.Shape[0];
        int rowLength = checked((int)(tensor.ElementCount / rows));
        int band = Math.Max(1, BandValues / rowLength);
        float[] values = new float[checked(band * rowLength)];
        long zeros = 0;
        for (long row = 0; row < rows; row += band)
        {
            long count = Math.Min(band, rows - row);
            Span<float> destination = values.AsSpan(0, (int)count * rowLength);
            checkpoint.ReadSingles(tensor, row, count, destination);
            zeros += destination.Count(0f);
        }

        return zeros;
    }

    /// <summary>
    /// The fewest bits of a code that can stand for the weights of a matrix of plain numbers: by the number of different values that share a scale, and on an even grid by how many steps they
    /// span. Rows are sampled evenly. A lower bound: 32 values cannot show more than 32 levels.
    /// </summary>
    /// <param name="checkpoint">The candidate.</param>
    /// <param name="tensor">The matrix.</param>
    /// <param name="groupSize">Consecutive inputs that share a scale; 0 for a whole row.</param>
    /// <param name="even">Whether the grid is even, so that the span counts too.</param>
    public static int LeastBits(Checkpoint checkpoint, TensorInfo tensor, int groupSize, bool even)
    {
        const int sampledRows = 128;
        long rows = tensor.Shape[0];
        int rowLength = checked((int)(tensor.ElementCount / rows));
        int group = groupSize == 0 ? rowLength : Math.Min(groupSize, rowLength);
        float[] values = new float[rowLength];
        double levels = 1;
        for (long i = 0; i < Math.Min(rows, sampledRows); i++)
        {
            checkpoint.ReadSingles(tensor, i * rows / Math.Min(rows, sampledRows), 1, values);
            for (int start = 0; start < rowLength; start += group)
                levels = Math.Max(levels, Levels(values.AsSpan(start, Math.Min(group, rowLength - start)), even));
        }

        return (int)Math.Ceiling(Math.Log2(levels));
    }

    // Zeros may have been pruned and stand beside the grid.
    private static double Levels(Span<float> values, bool even)
    {
        values.Sort();
        int different = 0;
        double step = double.PositiveInfinity, first = 0, last = 0;
        foreach (float value in values)
        {
            if (value == 0 || (different > 0 && value == last))
                continue;
            if (different == 0)
                first = value;
            else
                step = Math.Min(step, value - last);
            last = value;
            different++;
        }

        return even && different > 1 ? Math.Max(different, (last - first) / step * GridSlack) : different;
    }
}
