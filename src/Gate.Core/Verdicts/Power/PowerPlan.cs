using System.Collections.Immutable;
using System.Globalization;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Power;

/// <summary>Says before the run whether the suite can decide each threshold, and with how many items.</summary>
public static class PowerPlan
{
    private const double Wanted = 0.8;
    private const double Enough = 0.5;

    /// <summary>One forecast per threshold, in order.</summary>
    /// <param name="tasks">The suite as planned.</param>
    /// <param name="thresholds">The configured thresholds.</param>
    /// <param name="options">How the run will decide.</param>
    /// <param name="compression">Planned compression for SrCr, or null.</param>
    /// <param name="priors">Assumptions, or null for the defaults.</param>
    /// <param name="early">How the run shares the error probability with looks before the end, or null when nobody looks: a pass at the end has what they leave.</param>
    public static ImmutableArray<PowerForecast> Forecast(
        IReadOnlyList<PlannedTask> tasks, IReadOnlyList<Threshold> thresholds, DecisionOptions options, CompressionMeasures? compression = null,
        PowerPriors? priors = null, EarlyStoppingOptions? early = null)
    {
        ThresholdValidation.RequireUsable(options);
        priors ??= new PowerPriors();
        double level = (1 - options.Confidence) * (1 - (early?.PassShare ?? 0));
        return [.. thresholds.Select(threshold => ForThreshold(tasks, threshold, options, compression, priors, level))];
    }

    private static PowerForecast ForThreshold(
        IReadOnlyList<PlannedTask> tasks, Threshold threshold, DecisionOptions options, CompressionMeasures? compression, PowerPriors priors, double level)
    {
        bool perplexity = threshold.Metric == RuleMetrics.PerplexityRatio;
        PlannedTask[] chosen = threshold.Task is null
            ? [.. tasks.Where(task => task.IsPerplexity == perplexity)]
            : [.. tasks.Where(task => task.Name == threshold.Task)];
        int items = chosen.Sum(task => task.Items);
        if (items == 0)
            return new PowerForecast(threshold.Key, 0, 0, null, false, $"{threshold.Key}: no items measure it", IsPlanned: false);
        if (options.Rule == "point")
            return new PowerForecast(threshold.Key, items, 1, 1, true, $"{threshold.Key}: the point rule decides with any number of items");
        if (chosen.Sum(task => task.Clusters) < MinimumClusters(level))
        {
            return new PowerForecast(threshold.Key, items, 0, null, false,
                $"{threshold.Key}: items from fewer than {MinimumClusters(level)} clusters can show nothing at {NumberText.Percent(options.Confidence)}");
        }

        if (threshold.Metric == RuleMetrics.SrCr && compression is null)
            return new PowerForecast(threshold.Key, items, 0, null, false, $"{threshold.Key}: the candidate's compression is not known yet", IsPlanned: false);

        double? limit = threshold.Metric == RuleMetrics.SrCr ? RetentionLimit(threshold.Limit, options, compression) : threshold.Limit;
        if (limit is not double r)
            return new PowerForecast(threshold.Key, items, 0, null, false, $"{threshold.Key}: no retention reaches it with the planned compression");

        bool byPerplexity = Array.TrueForAll(chosen, task => task.IsPerplexity);
        bool forgotten = threshold.Metric == RuleMetrics.MaxForgotten;
        (double power, double needed) = Normal(
            byPerplexity ? PerplexityDistance(chosen, r, threshold.Metric, priors) : forgotten ? ForgottenDistance(chosen, r, priors) : RetentionDistance(chosen, r, priors),
            items, level);
        double least = byPerplexity ? 0 : LeastItems(chosen, items, forgotten ? 1 - r : r, level);
        if (!byPerplexity && !forgotten && r > NearbyLimit.Distance)
        {
            // A retention is also tested two points under the limit.
            (double powerThere, double neededThere) = Normal(RetentionDistance(chosen, r - NearbyLimit.Distance, priors), items, level / NearbyLimit.Factor);
            (power, needed) = (Math.Min(power, powerThere), Math.Max(needed, neededThere));
            least = Math.Max(least, LeastItems(chosen, items, r - NearbyLimit.Distance, level / NearbyLimit.Factor));
        }

        if (items < least)
            power = 0;
        needed = Math.Max(needed, Math.Max(1, least));
        return Describe(threshold, items, power, needed, byPerplexity ? string.Empty : Clusters(chosen, items, forgotten ? 1 - r : r, level));
    }

    // Power of a test whose statistic lies this many standard errors from its limit, and the items that give the power wanted.
    private static (double Power, double Needed) Normal(double standardised, int items, double level)
    {
        if (standardised <= 0)
            return (0, double.PositiveInfinity);
        double z = NormalDistribution.Quantile(1 - level);
        double factor = (z + NormalDistribution.Quantile(Wanted)) / standardised;
        return (NormalDistribution.Cumulative(standardised - z), Math.Ceiling(items * factor * factor));
    }

    private static PowerForecast Describe(Threshold threshold, int items, double power, double needed, string clusters)
    {
        int? count = needed < int.MaxValue ? (int)needed : null;
        string more = count is int n ? $"{(n == 1 ? "1 gives" : $"about {n.ToString(CultureInfo.InvariantCulture)} give")} 80 %" : "no number of items would do";
        string candidate = threshold.Metric == RuleMetrics.MaxForgotten ? "a candidate that forgets half of that" : "a loss-free candidate";
        return new PowerForecast(threshold.Key, items, power, count, power >= Enough,
            $"{threshold.Key}: {NumberText.Count(items, "item")} show {candidate} to keep {NumberText.Exact(threshold.Limit)} with probability "
            + $"{Math.Round(power * 100).ToString(CultureInfo.InvariantCulture)} %; {more}{clusters}");
    }

    // What no number of items in so few clusters can rule out.
    private static string Clusters(PlannedTask[] tasks, int items, double retained, double level)
    {
        int clusters = tasks.Sum(task => task.Clusters);
        double unseen = Math.Pow(Math.Clamp(retained, 0, 1), clusters);
        return clusters < items && unseen > level
            ? $"; in {NumberText.Count(clusters, "cluster")} a loss that takes whole clusters may go unseen in {NumberText.WholePercent(unseen)} of samples"
            : string.Empty;
    }

    // The smallest number of clusters whose sign changes can reach the level: 2^-G <= α.
    private static int MinimumClusters(double level) => (int)Math.Ceiling(-Math.Log2(level));

    // Without a single loss the exact test still needs limit^known <= α.
    private static double LeastItems(PlannedTask[] tasks, int items, double limit, double level)
    {
        double known = tasks.Sum(task => task.Items * Dense(task));
        return limit < 1 ? Math.Ceiling(Math.Log(level) / Math.Log(limit) * items / known) : double.PositiveInfinity;
    }

    private static double? RetentionLimit(double limit, DecisionOptions options, CompressionMeasures? compression)
    {
        SrCrFormula formula = SrCrFormulas.Find(options.SrCrFormula);
        if (compression is null || (formula.NeedsSparsityAndBits && (compression.Sparsity is null || compression.Bits is null)))
            return null;
        double sr = Suite.SuiteEvidence.RetentionFor(limit, x => formula.Value(x, compression));
        return sr < 1 ? sr : null;
    }

    private static double Dense(PlannedTask task) => task.DenseScore ?? ((1 + task.Chance) / 2);

    private static double DesignEffect(PlannedTask task, PowerPriors priors) => 1 + (Math.Max(0, ((double)task.Items / task.Clusters) - 1) * priors.Correlation);

    // Mean of the suite's contrast for a loss-free candidate in standard errors; one task is a suite of one.
    private static double RetentionDistance(PlannedTask[] tasks, double limit, PowerPriors priors)
    {
        PlannedTask[] knowledge = [.. tasks.Where(task => !task.IsPerplexity && Dense(task) > task.Chance && task.Items > 0)];
        double weights = knowledge.Sum(task => task.SuiteWeight);
        double variance = 0;
        foreach (PlannedTask task in knowledge)
        {
            double item = SampleSize.RetentionVariance(Dense(task), task.Chance, task.Flips ?? priors.Flips, limit) * DesignEffect(task, priors);
            double scale = (knowledge.Length == 1 ? 1 : task.SuiteWeight / weights) / (Dense(task) - task.Chance);
            variance += item * scale * scale / task.Items;
        }

        if (knowledge.Length == 0 || limit >= 1)
            return 0;
        return variance > 1e-18 ? (1 - limit) / Math.Sqrt(variance) : double.PositiveInfinity;
    }

    // A limit on forgetting allows some of it, so the plan is about a candidate that uses half of what is allowed, whatever the dense score. Under the
    // hypothesis that must be rejected the share is the limit: its variance is the one that counts.
    private static double ForgottenDistance(PlannedTask[] tasks, double limit, PowerPriors priors)
    {
        double known = tasks.Sum(task => task.Items * Dense(task));
        double effect = tasks.Max(task => DesignEffect(task, priors));
        return limit / 2 / Math.Sqrt(limit * (1 - limit) * effect / known);
    }

    private static double PerplexityDistance(PlannedTask[] tasks, double limit, string metric, PowerPriors priors)
    {
        double distance = metric == RuleMetrics.Retention ? -Math.Log(limit) : Math.Log(limit);
        return distance / (priors.LogRatioSpread * Math.Sqrt(tasks.Max(task => DesignEffect(task, priors)) / tasks.Sum(task => task.Items)));
    }
}
