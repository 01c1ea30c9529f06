namespace Gate.Core.Verdicts.Statistics;

/// <summary>Logarithm of the gamma function.</summary>
public static class GammaFunction
{
    // Lanczos coefficients for g = 7 and nine terms: relative error below 1e-14 for positive arguments.
    private static readonly double[] Coefficients =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>ln Γ(<paramref name="x"/>) for x &gt; 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">x is not positive.</exception>
    public static double Log(double x)
    {
        if (!(x > 0))
            throw new ArgumentOutOfRangeException(nameof(x), x, "the argument must be positive");
        if (x < 0.5)
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - Log(1 - x);

        double z = x - 1;
        double sum = Coefficients[0];
        for (int i = 1; i < Coefficients.Length; i++)
            sum += Coefficients[i] / (z + i);

        double t = z + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((z + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>ln of the binomial coefficient n over k, 0 ≤ k ≤ n.</summary>
    public static double LogBinomial(double n, double k) => Log(n + 1) - Log(k + 1) - Log(n - k + 1);
}
