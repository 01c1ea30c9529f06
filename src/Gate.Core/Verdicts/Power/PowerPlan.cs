using System.Collections.Immutable;
using System.Globalization;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

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
        if (threshold.Metric == RuleMetrics.SrCr && compression is null)
            return new PowerForecast(threshold.Key, items, 0, null, false, $"{threshold.Key}: the candidate's compression is not known yet", IsPlanned: false);

        double? limit = threshold.Metric == RuleMetrics.SrCr ? RetentionLimit(threshold.Limit, options, compression) : threshold.Limit;
        if (limit is not double r)
            return new PowerForecast(threshold.Key, items, 0, null, false, $"{threshold.Key}: no retention reaches it with the planned compression");

        bool byPerplexity = Array.TrueForAll(chosen, task => task.IsPerplexity);
        bool forgotten = threshold.Metric == RuleMetrics.MaxForgotten;
        bool nearby = !byPerplexity && !forgotten && r > NearbyLimit.Distance;
        PlannedClusters clusters = byPerplexity ? new(chosen, _ => 1) : forgotten ? new(chosen, Dense) : new(chosen, task => task.SuiteWeight / task.Items);
        if (Refusal(threshold, clusters, r, forgotten, nearby ? level / NearbyLimit.Factor : level, options) is string refusal)
            return new PowerForecast(threshold.Key, items, 0, null, false, $"{threshold.Key}: {refusal}");

        (double power, double needed) = Normal(
            byPerplexity ? PerplexityDistance(chosen, r, threshold.Metric, priors) : forgotten ? ForgottenDistance(chosen, r, priors) : RetentionDistance(chosen, r, priors),
            items, level, clusters);
        double known = byPerplexity ? 0 : LeastItems(chosen, items, forgotten ? 1 - r : r, level);
        if (nearby)
        {
            // A retention is also tested two points under the limit.
            (double powerThere, double neededThere) = Normal(RetentionDistance(chosen, r - NearbyLimit.Distance, priors), items, level / NearbyLimit.Factor, clusters);
            (power, needed) = (Math.Min(power, powerThere), Math.Max(needed, neededThere));
            known = Math.Max(known, LeastItems(chosen, items, r - NearbyLimit.Distance, level / NearbyLimit.Factor));
        }

        if (items < known)
            power = 0;
        needed = Math.Max(needed, Math.Max(1, known));
        return Describe(threshold, items, power, needed, byPerplexity ? string.Empty : Unseen(clusters, forgotten ? 1 - r : r, level));
    }

    // What so few clusters can never show, whatever the answers, or null.
    private static string? Refusal(Threshold threshold, PlannedClusters clusters, double limit, bool forgotten, double level, DecisionOptions options)
    {
        if (!clusters.HasClusters)
            return null;
        int least = ClusterMeanTest.LeastClusters(level);
        if (clusters.Count < least)
            return $"{NumberText.Count(clusters.Count, "cluster")} can show nothing at {NumberText.Percent(options.Confidence)}; {least} are the fewest that can";
        if (!forgotten || options.UnseenClusters != DecisionOptions.RefuseUnseen || clusters.ShowWholeLoss(limit, level))
            return null;
        double enough = WholeClusterLoss.ClustersNeeded(limit / 2, limit, level)!.Value;
        return $"in {NumberText.Count(clusters.Count, "cluster")} a loss that takes whole clusters goes unseen too often to show a candidate that forgets half of it to keep "
            + $"{NumberText.Exact(threshold.Limit)}; {enough.ToString(CultureInfo.InvariantCulture)} clusters of one size would, or decision.unseenClusters \"accept\" where losses are known not to come so";
    }

    // Power of a test whose statistic lies this many standard errors from its limit, and the items that give the power wanted. In clusters the standard error is
    // estimated from few sums: the t distribution with the test's own widening.
    private static (double Power, double Needed) Normal(double standardised, int items, double level, PlannedClusters clusters)
    {
        double effective = clusters.HasClusters ? clusters.Effective : double.PositiveInfinity;
        if (standardised <= 0 || effective <= 1)
            return (0, double.PositiveInfinity);
        double z = double.IsInfinity(effective) ? NormalDistribution.Quantile(1 - level) : StudentT.Quantile(1 - level, effective - 1);
        double distance = standardised / ClusterMeanTest.WideningOf(effective);
        double factor = (z + NormalDistribution.Quantile(Wanted)) / distance;
        return (NormalDistribution.Cumulative(distance - z), Math.Ceiling(items * factor * factor));
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
    private static string Unseen(PlannedClusters clusters, double retained, double level)
    {
        double unseen = Math.Pow(Math.Clamp(retained, 0, 1), clusters.Effective);
        return clusters.HasClusters && unseen > level
            ? $"; in {NumberText.Count(clusters.Count, "cluster")} a loss that takes whole clusters may go unseen in {NumberText.WholePercent(unseen)} of samples"
            : string.Empty;
    }

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

    // Mean of the suite's contrast for a loss-free candidate in standard errors; one task is a suite of one. Items of one cluster are correlated alike within a task and across
    // tasks: what a relation loses is lost in every task that asks about it.
    private static double RetentionDistance(PlannedTask[] tasks, double limit, PowerPriors priors)
    {
        PlannedTask[] knowledge = [.. tasks.Where(task => !task.IsPerplexity && Dense(task) > task.Chance && task.Items > 0)];
        if (knowledge.Length == 0 || limit >= 1)
            return 0;
        double weights = knowledge.Sum(task => task.SuiteWeight);
        double variance = 0;
        Dictionary<string, (double Sum, double Squares)> clusters = new(StringComparer.Ordinal);
        foreach (PlannedTask task in knowledge)
        {
            // One item's contribution to the suite's mean, as a standard deviation.
            double share = knowledge.Length == 1 ? 1 : task.SuiteWeight / weights;
            double item = Math.Sqrt(SampleSize.RetentionVariance(Dense(task), task.Chance, task.Flips ?? priors.Flips, limit)) * share / (Dense(task) - task.Chance) / task.Items;
            variance += item * item * task.Items;
            foreach ((string name, int items) in task.ClusterSizes)
            {
                (double sum, double squares) = clusters.GetValueOrDefault(name);
                clusters[name] = (sum + (item * items), squares + (item * item * items));
            }
        }

        variance += priors.Correlation * clusters.Values.Sum(cluster => Math.Max(0, (cluster.Sum * cluster.Sum) - cluster.Squares));
        return variance > 1e-18 ? (1 - limit) / Math.Sqrt(variance) : double.PositiveInfinity;
    }

    // A limit on forgetting allows some of it, so the plan is about a candidate that uses half of what is allowed, whatever the dense score. Under the
    // hypothesis that must be rejected the share is the limit: its variance is the one that counts.
    private static double ForgottenDistance(PlannedTask[] tasks, double limit, PowerPriors priors)
    {
        double known = tasks.Sum(task => task.Items * Dense(task));
        double effect = new PlannedClusters(tasks, Dense).DesignEffect(priors.Correlation);
        return limit / 2 / Math.Sqrt(limit * (1 - limit) * effect / known);
    }

    private static double PerplexityDistance(PlannedTask[] tasks, double limit, string metric, PowerPriors priors)
    {
        double distance = metric == RuleMetrics.Retention ? -Math.Log(limit) : Math.Log(limit);
        return distance / (priors.LogRatioSpread * Math.Sqrt(new PlannedClusters(tasks, _ => 1).DesignEffect(priors.Correlation) / tasks.Sum(task => task.Items)));
    }
}
