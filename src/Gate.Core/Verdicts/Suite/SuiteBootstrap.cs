using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Suite;

/// <summary>
/// Paired bootstrap of Sr: clusters are drawn with replacement, each with all its items in whichever tasks they stand, among the tasks that share clusters. Bias-corrected and accelerated (Efron 1987) with a jackknife over
/// clusters. Replicate i draws from its own stream keyed by (seed, i), so the number of threads changes nothing.
/// </summary>
internal sealed class SuiteBootstrap
{
    private readonly double[] _replicates;
    private readonly double _bias;
    private readonly double _acceleration;

    private SuiteBootstrap(double[] replicates, double bias, double acceleration)
    {
        _replicates = replicates;
        _bias = bias;
        _acceleration = acceleration;
    }

    /// <summary>Resamples; null when all replicates agree (nothing changed, or one cluster), where a bootstrap says nothing.</summary>
    public static SuiteBootstrap? Run(SuiteSample suite, long seed, int resamples)
    {
        double[] replicates = new double[resamples];
        Parallel.For(0, resamples, i => replicates[i] = Replicate(suite, seed, i));
        Array.Sort(replicates);
        if (replicates[0] == replicates[^1])
            return null;

        double bias = NormalDistribution.Quantile(ShareBelow(replicates, suite.Capped));
        double acceleration = Acceleration(suite);

        // Beyond these the correction extrapolates instead of correcting: fall back to the plain percentile interval.
        return double.IsFinite(bias) && Math.Abs(bias) < 1.5 && Math.Abs(acceleration) < 0.2
            ? new SuiteBootstrap(replicates, bias, acceleration)
            : new SuiteBootstrap(replicates, 0, 0);
    }

    /// <summary>
    /// The one-sided p-values of "Sr = limit": the level at which the BCa end point would fall on the limit. Never below 1/(B+1), which is all
    /// that B replicates can show.
    /// </summary>
    public TailProbabilities Test(double limit)
    {
        double z = NormalDistribution.Quantile(ShareBelow(_replicates, limit));
        double shifted = z - _bias;
        double denominator = 1 + (_acceleration * shifted);
        double above = double.IsInfinity(z) || denominator <= 0
            ? z > 0 ? 1 : 0
            : NormalDistribution.Cumulative((shifted / denominator) - _bias);
        double least = 1.0 / (_replicates.Length + 1);
        return new TailProbabilities(Math.Max(least, above), Math.Max(least, 1 - above));
    }

    private static double Replicate(SuiteSample suite, long seed, int number)
    {
        var random = new CounterRandom(seed, number);
        double total = 0;
        double[] sums = new double[2 * suite.Strata.Length];
        foreach (SuiteFamily family in suite.Families)
        {
            Array.Clear(sums);
            for (int draw = 0; draw < family.Count; draw++)
            {
                int cluster = random.Next(family.Count);
                for (int s = 0; s < family.Strata.Length; s++)
                {
                    sums[2 * s] += family.A[s][cluster];
                    sums[(2 * s) + 1] += family.B[s][cluster];
                }
            }

            for (int s = 0; s < family.Strata.Length; s++)
                total += suite.Strata[family.Strata[s]].Weight * CappedRatio(sums[2 * s], sums[(2 * s) + 1]);
        }

        return total;
    }

    private static double CappedRatio(double candidate, double dense) => dense > 0 ? Math.Clamp(candidate / dense, 0, 1) : 0;

    private static double ShareBelow(double[] sorted, double value)
    {
        int below = LowerBound(sorted, value, strict: true);
        int notAbove = LowerBound(sorted, value, strict: false);
        return (below + (0.5 * (notAbove - below))) / sorted.Length;
    }

    // Number of elements below the value (strict), or not above it.
    private static int LowerBound(double[] sorted, double value, bool strict)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (strict ? sorted[middle] < value : sorted[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static double Acceleration(SuiteSample suite)
    {
        double cubes = 0;
        double squares = 0;
        foreach (SuiteFamily family in suite.Families)
        {
            double[] leftOut = new double[family.Count];
            for (int s = 0; s < family.Strata.Length; s++)
            {
                SuiteStratum stratum = suite.Strata[family.Strata[s]];
                double sumA = stratum.Sums.A.Sum();
                double sumB = stratum.Sums.B.Sum();
                for (int g = 0; g < leftOut.Length; g++)
                    leftOut[g] += stratum.Weight * CappedRatio(sumA - family.A[s][g], sumB - family.B[s][g]);
            }

            double mean = leftOut.Sum() / leftOut.Length;
            foreach (double value in leftOut)
            {
                double deviation = mean - value;
                cubes += deviation * deviation * deviation;
                squares += deviation * deviation;
            }
        }

        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }
}
