namespace Gate.Compression.Calibration.Folding;

/// <summary>
/// The input scales of SmoothQuant (Xiao et al. 2022): <c>s_j = max|x_j|^α / max|W_j|^(1−α)</c> over the rows of all layers that read the input. An input whose
/// weights are all 0 keeps the scale of its activations; one that is always 0 gets 1.
/// </summary>
internal static class SmoothScales
{
    private const double Least = 1e-5;

    /// <summary>The scales.</summary>
    /// <param name="alpha">How much of the range moves from the inputs into the weights, 0 to 1.</param>
    /// <param name="inputs">Largest |x| of each input.</param>
    /// <param name="matrices">Matrices that read the input, each row-major.</param>
    public static float[] Of(double alpha, ReadOnlySpan<float> inputs, IReadOnlyList<float[]> matrices)
    {
        float[] weights = new float[inputs.Length];
        foreach (float[] matrix in matrices)
        {
            for (int i = 0; i < matrix.Length; i++)
                weights[i % weights.Length] = MathF.Max(weights[i % weights.Length], MathF.Abs(matrix[i]));
        }

        float[] scales = new float[inputs.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            double scale = weights[i] == 0 ? inputs[i] : Math.Pow(inputs[i], alpha) / Math.Pow(weights[i], 1 - alpha);
            scales[i] = inputs[i] == 0 || !double.IsFinite(scale) ? 1f : (float)Math.Max(scale, Least);
        }

        return scales;
    }
}
