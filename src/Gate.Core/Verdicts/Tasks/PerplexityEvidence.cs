using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// The ratio candidate/dense perplexity, exp(Σ(ℓ_c − ℓ_b) / Σ tokens), tested through its logarithm with windows (or the documents they
/// belong to) as clusters.
/// </summary>
internal static class PerplexityEvidence
{
    // exp of more than this is not a number anybody can store.
    private const double LargestLogarithm = 690;

    /// <summary>Builds the evidence for the ratio (at most) over one or more perplexity tasks.</summary>
    public static Evidence Ratio(string what, IReadOnlyList<TaskSample> samples)
    {
        ClusterSums sums = ClusterSums.Over(samples, (sample, i) => sample.Candidate[i] - sample.Dense[i], (sample, i) => sample.Tokens[i]);
        double tokens = sums.B.Sum();
        double logRatio = sums.A.Sum() / tokens;
        double value = Exponential(logRatio);
        int windows = samples.Sum(sample => sample.Count);
        return new Evidence
        {
            What = what,
            Basis = $"perplexity {TaskSample.FingerprintOf(samples)}",
            Value = value,
            Minimum = value / 1000,
            Maximum = value * 1000,
            AtLeast = false,
            Test = new LimitTest(limit => sums.Test(Math.Log(limit))),
            Contrast = limit => ((sums.A.Sum() - (Math.Log(limit) * tokens)) / windows, sums.StandardError(Math.Log(limit))),
            Units = windows,
            Items = windows,
            Clusters = sums.Count,
            Noun = "window",
        };
    }

    /// <summary>The same as retention, dense/candidate perplexity (at least).</summary>
    public static Evidence Retention(TaskSample sample)
    {
        Evidence ratio = Ratio($"perplexity retention of {sample.Name}", [sample]);
        return ratio with
        {
            Value = 1 / ratio.Value,
            Minimum = 1 / ratio.Maximum,
            Maximum = 1 / ratio.Minimum,
            AtLeast = true,
            Test = new LimitTest(limit => ratio.Test.At(1 / limit).Reverse()),
            Contrast = limit => ratio.Contrast(1 / limit) is var (mean, error) ? (-mean, error) : default,
        };
    }

    /// <summary>Perplexity of one model: exp(Σ negative log-likelihood / Σ tokens).</summary>
    public static double Perplexity(double[] negativeLogLikelihoods, double[] tokens) =>
        Exponential(negativeLogLikelihoods.Sum() / tokens.Sum());

    private static double Exponential(double x) => Math.Exp(Math.Clamp(x, -LargestLogarithm, LargestLogarithm));
}
