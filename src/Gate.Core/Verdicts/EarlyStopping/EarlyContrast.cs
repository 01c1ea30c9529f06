using Gate.Core.Verdicts.Rules;

namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>One rule's bounded contrast and, for each pass of its design, two betting martingales.</summary>
internal sealed class EarlyContrast
{
    // One bet near the planned size and one twice as large: the average finds both slow and catastrophic losses.
    private static readonly double[] MultiplesDown = [1, 2];

    private readonly EarlyRule _rule;
    private readonly EarlyDesign _design;
    private readonly EProcess[] _processes;
    private readonly double _items;
    private readonly double _scale;

    public EarlyContrast(EarlyRule rule)
    {
        _rule = rule;
        _design = rule.Design ?? EarlyDesign.Unclustered;
        _items = _design.Strata.Sum(stratum => stratum.Items);
        _scale = _design.Strata.Sum(stratum => (double)stratum.LargestCluster * _design.Rounds / _items);
        _processes = [.. _design.Passes.Select(pass => Process(pass.Items))];
    }

    public Threshold Threshold => _rule.Threshold;

    /// <summary>Largest e-values so far, times the share of their pass: once shown stays shown.</summary>
    public double Holds { get; private set; }

    public double Breached { get; private set; }

    /// <summary>Bets on the clusters of the rule's strata, when the round has them.</summary>
    public void Observe(EarlyRound round)
    {
        EarlyCluster[] clusters = [.. round.Clusters.Where(cluster => Threshold.Task is null || string.Equals(Threshold.Task, cluster.Task, StringComparison.Ordinal))];
        if (clusters.Length == 0)
            return;
        EProcess process = _processes[round.Pass];
        process.Add(Observation(clusters, _design.Passes[round.Pass].Items));
        double share = _design.Passes[round.Pass].Share;
        Holds = Math.Max(Holds, share * Value(process.LogAbove));
        Breached = Math.Max(Breached, share * Value(process.LogBelow));
    }

    // Σ over the strata of (rounds / N) · m · mean of x, an unbiased estimate of the mean over all items, over the largest that Σ (rounds / N) · m can be:
    // clusters of unequal size keep their weight, and the bounds are those of one item.
    private double Observation(EarlyCluster[] clusters, int itemsOfPass)
    {
        if (clusters.Length != _design.Strata.Length)
            throw new ArgumentException($"a round of {clusters.Length} clusters does not match the {_design.Strata.Length} planned", nameof(clusters));
        double sum = 0;
        for (int i = 0; i < clusters.Length; i++)
        {
            EarlyCluster cluster = clusters[i];
            if (cluster.Size > _design.Strata[i].LargestCluster || cluster.Items.Count != Math.Min(cluster.Size, itemsOfPass))
            {
                throw new ArgumentException(
                    $"{cluster.Items.Count} of a cluster of {cluster.Size} items were seen; planned are {itemsOfPass} of at most {_design.Strata[i].LargestCluster}", nameof(clusters));
            }

            sum += cluster.Size * cluster.Items.Average(Contrast) * _design.Rounds / _items;
        }

        return sum / _scale;
    }

    // Bets for observations of which each is the mean of this many items of a cluster in every stratum.
    private EProcess Process(int itemsOfPass)
    {
        double limit = Threshold.Limit;
        double dense = _rule.PlannedDenseScore;
        double spread = _design.Strata.Sum(stratum =>
        {
            double items = Math.Min(itemsOfPass, stratum.LargestCluster);
            return Math.Pow(stratum.Items / _items, 2) * (1 + ((items - 1) * _rule.PriorCorrelation)) / items;
        });
        (double mean, double variance, double lowest, double highest) = Threshold.Metric == RuleMetrics.Retention
            ? ((1 - limit) * (dense - _rule.HighestChance), _rule.PriorFlips, -limit - ((1 - limit) * _rule.HighestChance), 1 - ((1 - limit) * _rule.LowestChance))
            : ((limit * dense) - Math.Min(_rule.PriorFlips / 2, limit * dense / 2), limit * (1 - limit) * dense, limit - 1, limit);
        return new EProcess(
            Math.Max(mean, 1e-4) / _scale, Math.Max(variance * spread, 1e-4) / (_scale * _scale), lowest, highest, multiplesDown: MultiplesDown);
    }

    // What cannot be used counts as wrong, as in the final statistics.
    private double Contrast(PairedItem item)
    {
        double dense = item.DenseInvalid || !(item.Dense >= 0 && item.Dense <= 1) ? 0 : item.Dense;
        double candidate = item.CandidateInvalid || !(item.Candidate >= 0 && item.Candidate <= 1) ? 0 : item.Candidate;
        double limit = Threshold.Limit;
        if (Threshold.Metric == RuleMetrics.Retention)
            return candidate - item.Chance - (limit * (dense - item.Chance));
        return dense == 1 ? limit - (1 - candidate) : 0;
    }

    // Never infinite, so that the number can be stored and printed.
    private static double Value(double log) => Math.Exp(Math.Min(log, 600));
}
