namespace Gate.Compression.Pruning;

/// <summary>
/// OWL (Yin et al. 2024): blocks with more outliers keep more weights. With <c>A_ij = |W_ij| · ‖X_j‖₂</c> over a block's layers, <c>D = 100 · share of A above
/// M · mean(A)</c>; densities are spread by D over ±λ around 1 − S.
/// </summary>
/// <remarks>The published code takes the plain mean over blocks; here sizes weigh, and the densities are shifted after clipping, so that the whole has sparsity S.</remarks>
public static class OutlierSparsity
{
    private const int Halvings = 200;

    /// <summary>D of a block, in percent.</summary>
    /// <param name="layers">Every layer's weights, row-major, and the sum of squares (or its mean) of each of its inputs.</param>
    /// <param name="threshold">M.</param>
    public static double OutlierPercent(IReadOnlyList<(float[] Weights, double[] Squares)> layers, double threshold)
    {
        double sum = 0;
        long count = 0, outliers = 0;
        foreach ((float[] weights, double[] squares) in layers)
        {
            double[] norms = [.. squares.Select(Math.Sqrt)];
            for (int i = 0; i < weights.Length; i++)
                sum += Math.Abs(weights[i]) * norms[i % norms.Length];
            count += weights.Length;
        }

        double limit = threshold * sum / count;
        foreach ((float[] weights, double[] squares) in layers)
        {
            double[] norms = [.. squares.Select(Math.Sqrt)];
            for (int i = 0; i < weights.Length; i++)
            {
                if (Math.Abs(weights[i]) * norms[i % norms.Length] > limit)
                    outliers++;
            }
        }

        return 100.0 * outliers / count;
    }

    /// <summary>The sparsity of each block, within S ± λ, with the weighted mean S.</summary>
    /// <param name="percents">D of each block.</param>
    /// <param name="sizes">Weights of each block.</param>
    /// <param name="sparsity">S.</param>
    /// <param name="spread">λ, below 1 − S.</param>
    public static double[] Allocate(IReadOnlyList<double> percents, IReadOnlyList<long> sizes, double sparsity, double spread)
    {
        double least = percents.Min(), most = percents.Max(), total = sizes.Sum();
        double[] raised = [.. percents.Select(percent => most == least ? 0 : 2 * spread * (percent - least) / (most - least))];

        // The weighted mean density grows with the shift; halving finds the one that gives 1 − S.
        double low = -4, high = 4;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            double mean = raised.Zip(sizes, (value, size) => size * Clip(value + middle)).Sum() / total;
            if (mean < 1 - sparsity)
                low = middle;
            else
                high = middle;
        }

        return [.. raised.Select(value => 1 - Clip(value + high))];

        double Clip(double density) => Math.Clamp(density, 1 - sparsity - spread, Math.Min(1, 1 - sparsity + spread));
    }
}
