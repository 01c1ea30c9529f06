using System.Text.Json.Nodes;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Checkpoints.Gguf;

namespace Gate.Models.Gguf;

/// <summary>
/// Converters store the rotary scaling of Llama 3.1 and later as one divisor for each frequency. The settings behind them are found again: the largest
/// divisor is the factor, and the other three are the same in every published model; divisors they do not reproduce are refused.
/// </summary>
internal static class Llama3Frequencies
{
    private const double LowFactor = 1, HighFactor = 4, OriginalLength = 8192, Tolerance = 1e-4;

    /// <summary><c>rope_scaling</c>, or null when all divisors are 1.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="divisors">One for each rotated pair, as stored.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3123): other divisors.</exception>
    public static JsonObject? Read(string path, ReadOnlySpan<float> divisors, double theta)
    {
        float factor = 1;
        foreach (float divisor in divisors)
            factor = MathF.Max(factor, divisor);
        for (int i = 0; i < divisors.Length; i++)
        {
            double expected = Divisor(i, divisors.Length, theta, factor);
            if (!(Math.Abs(divisors[i] - expected) <= Tolerance * expected))
                throw GgufDiagnostics.Unsupported(path, $"the frequency divisors of Llama 3 (here {expected:G6} for pair {i})", $"{divisors[i]:G6}");
        }

        return factor == 1 ? null : new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = factor,
            ["low_freq_factor"] = LowFactor,
            ["high_freq_factor"] = HighFactor,
            ["original_max_position_embeddings"] = (int)OriginalLength,
        };
    }

    /// <summary>The divisors of a scaling, or null when they are not those that <see cref="Read"/> finds the scaling behind.</summary>
    /// <param name="scaling">The scaling.</param>
    /// <param name="pairs">Rotated pairs.</param>
    /// <param name="theta">Base of the frequencies.</param>
    public static float[]? Divisors(Llama3Rotary scaling, int pairs, double theta)
    {
        if ((scaling.Low, scaling.High, scaling.Original) != (LowFactor, HighFactor, (int)OriginalLength))
            return null;
        float[] divisors = [.. Enumerable.Range(0, pairs).Select(pair => (float)Divisor(pair, pairs, theta, (float)scaling.Factor))];
        return divisors.Max() == (float)scaling.Factor ? divisors : null;
    }

    private static double Divisor(int pair, int pairs, double theta, double factor)
    {
        double wavelength = 2 * Math.PI * Math.Pow(theta, (double)pair / pairs);
        if (wavelength < OriginalLength / HighFactor)
            return 1;
        if (wavelength > OriginalLength / LowFactor)
            return factor;
        double smooth = ((OriginalLength / wavelength) - LowFactor) / (HighFactor - LowFactor);
        return 1 / (((1 - smooth) / factor) + smooth);
    }
}
