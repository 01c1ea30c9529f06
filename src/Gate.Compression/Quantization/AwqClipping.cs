using Gate.Compression.Calibration;
using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>
/// The clipping search of AWQ: every group's weights are cut at 1.00, 0.95, … 0.55 of the largest, and the first cut with the strictly smallest squared
/// error of the group's share of the output is kept.
/// </summary>
/// <remarks>The reference measures on about 512 tokens; here the second moments of all calibration tokens give the same sum over all of them.</remarks>
public static class AwqClipping
{
    private const int Steps = 20, Tried = 10;

    /// <summary>The weights, cut.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="groupSize">Consecutive inputs that share a grid, or null for one grid per row; the last group may be shorter.</param>
    /// <param name="options">The grid the weights are rounded to afterwards.</param>
    /// <param name="inputs">Statistics of the inputs.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static float[] Clip(
        ReadOnlyMemory<float> weights, int rows, int? groupSize, GridOptions options, InputStatistics inputs, ComputeThreads threads)
    {
        int columns = inputs.Columns, width = groupSize ?? columns;
        float[] clipped = weights.ToArray();
        for (int start = 0; start < columns; start += width)
        {
            int first = start, count = Math.Min(width, columns - start);
            double[] moments = inputs.Moments(start, start + count);
            ParallelWork.Run(rows, threads, row => ClipGroup(clipped.AsSpan((row * columns) + first, count), options, moments));
        }

        return clipped;
    }

    private static void ClipGroup(Span<float> group, GridOptions options, double[] moments)
    {
        float largest = 0;
        foreach (float weight in group)
            largest = MathF.Max(largest, MathF.Abs(weight));
        float[] cut = new float[group.Length];
        double[] difference = new double[group.Length];
        double least = double.PositiveInfinity;
        float best = largest;
        for (int step = 0; step < Tried; step++)
        {
            float limit = largest * (float)(1 - ((double)step / Steps));
            Cut(group, limit, cut);
            QuantizationGrid grid = QuantizationGrid.Fit(cut, options);
            for (int i = 0; i < cut.Length; i++)
                difference[i] = (double)grid.Round(cut[i]) - group[i];
            double error = Quadratic(difference, moments);
            if (error < least)
                (least, best) = (error, limit);
        }

        Cut(group, best, group);
    }

    private static void Cut(ReadOnlySpan<float> group, float limit, Span<float> destination)
    {
        for (int i = 0; i < group.Length; i++)
            destination[i] = Math.Clamp(group[i], -limit, limit);
    }

    private static double Quadratic(ReadOnlySpan<double> vector, ReadOnlySpan<double> matrix)
    {
        double sum = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            ReadOnlySpan<double> row = matrix.Slice(i * vector.Length, vector.Length);
            double inner = 0;
            for (int j = 0; j < vector.Length; j++)
                inner += row[j] * vector[j];
            sum += vector[i] * inner;
        }

        return sum;
    }
}
