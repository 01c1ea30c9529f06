namespace Gate.Compression.Quantization;

/// <summary>
/// The input scales AWQ (Lin et al. 2023) tries: <c>s_j = max(x̄_j^r / (w̄_j^(1−r) + 10⁻⁴), 10⁻⁴)</c>, divided by <c>√(max s · min s)</c>, for ratios r from 0
/// to below 1 in 20 steps. Salient inputs get large scales and lose less when their weights are rounded.
/// </summary>
public static class AwqScales
{
    /// <summary>Ratios that are tried.</summary>
    public const int Steps = 20;

    private const double Least = 1e-4, GroupFloor = 1e-6;

    /// <summary>The ratio of a step.</summary>
    /// <param name="step">0 to <see cref="Steps"/> − 1.</param>
    public static double Ratio(int step) => (double)step / Steps;

    /// <summary>w̄: the mean of |w| over all rows of all matrices, every group divided by its largest.</summary>
    /// <param name="matrices">Matrices that read the same input, each row-major.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="groupSize">Consecutive inputs that share a grid, or null for the whole row; the last group may be shorter.</param>
    public static double[] WeightMeans(IReadOnlyList<float[]> matrices, int columns, int? groupSize)
    {
        double[] sums = new double[columns];
        long rows = 0;
        foreach (float[] matrix in matrices)
        {
            for (int row = 0; row < matrix.Length / columns; row++, rows++)
                AddRow(matrix.AsSpan(row * columns, columns), groupSize ?? columns, sums);
        }

        return [.. sums.Select(sum => sum / rows)];
    }

    /// <summary>The scales of a ratio; positive and finite.</summary>
    /// <param name="ratio">r.</param>
    /// <param name="inputs">x̄: mean of |x| of each input over all tokens.</param>
    /// <param name="weights">w̄ of <see cref="WeightMeans"/>.</param>
    public static float[] At(double ratio, ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights)
    {
        double[] scales = new double[inputs.Length];
        double most = 0, least = double.PositiveInfinity;
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = Math.Max(Math.Pow(inputs[i], ratio) / (Math.Pow(weights[i], 1 - ratio) + Least), Least);
            (most, least) = (Math.Max(most, scales[i]), Math.Min(least, scales[i]));
        }

        double middle = Math.Sqrt(most * least);
        return [.. scales.Select(scale => (float)(scale / middle)).Select(scale => float.IsFinite(scale) && scale > 0 ? scale : 1f)];
    }

    private static void AddRow(ReadOnlySpan<float> row, int groupSize, double[] sums)
    {
        for (int start = 0; start < row.Length; start += groupSize)
        {
            ReadOnlySpan<float> group = row.Slice(start, Math.Min(groupSize, row.Length - start));
            double largest = 0;
            foreach (float weight in group)
                largest = Math.Max(largest, Math.Abs(weight));
            for (int i = 0; i < group.Length; i++)
                sums[start + i] += Math.Abs(group[i]) / (largest + GroupFloor);
        }
    }
}
