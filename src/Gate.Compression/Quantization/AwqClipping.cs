using Gate.Compression.Calibration;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>
/// The clipping search of AWQ: every group's weights are cut at 1.00, 0.95, … 0.55 of the largest, and the first cut with the strictly smallest squared
/// error of the group's share of the output is kept.
/// </summary>
/// <remarks>The reference measures on about 512 tokens; here the second moments of all calibration tokens give the same sum over all of them.</remarks>
public static class AwqClipping
{
    private const int Steps = 20, Tried = 10, RowsAtOnce = 256;

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
            int count = Math.Min(width, columns - start);
            double[] moments = inputs.Moments(start, start + count);
            for (int row = 0; row < rows; row += RowsAtOnce)
                ClipGroups(clipped.AsMemory(row * columns, Math.Min(RowsAtOnce, rows - row) * columns), columns, start, count, options, moments, threads);
        }

        return clipped;
    }

    // One group of many rows at a time: they share their inputs' moments, and their errors are one blocked product for each cut.
    private static void ClipGroups(
        Memory<float> weights, int columns, int start, int count, GridOptions options, double[] moments, ComputeThreads threads)
    {
        int rows = weights.Length / columns;
        double[] errors = new double[rows], least = new double[rows];
        float[] differences = new float[rows * count], best = new float[rows];
        Array.Fill(least, double.PositiveInfinity);
        Array.Fill(best, 1f);
        for (int step = 0; step < Tried; step++)
        {
            float share = (float)(1 - ((double)step / Steps));
            ParallelWork.Run(rows, threads, row => RoundCut(GroupOf(row).Span, share, options, differences.AsSpan(row * count, count)));
            QuadraticForm.Evaluate(differences, rows, moments, count, errors, threads);
            for (int row = 0; row < rows; row++)
            {
                if (errors[row] < least[row])
                    (least[row], best[row]) = (errors[row], share);
            }
        }

        ParallelWork.Run(rows, threads, row =>
        {
            Span<float> group = GroupOf(row).Span;
            SpanArithmetic.Cut(group, Largest(group) * best[row], group);
        });

        Memory<float> GroupOf(int row) => weights.Slice((row * columns) + start, count);
    }

    // What rounding the cut weights changes them by, from what they were before the cut.
    private static void RoundCut(ReadOnlySpan<float> group, float share, GridOptions options, Span<float> difference)
    {
        SpanArithmetic.Cut(group, Largest(group) * share, difference);
        QuantizationGrid.Fit(difference, options).Round(difference, difference);
        SpanArithmetic.Subtract(difference, group, difference);
    }

    private static float Largest(ReadOnlySpan<float> group)
    {
        (float minimum, float maximum) = QuantizationGrid.RangeOf(group);
        return MathF.Max(-minimum, maximum);
    }
}
