using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>One rule's bounded contrast: for each pass of its design two betting martingales, and a look at its end.</summary>
internal sealed class EarlyContrast
{
    // A quarter is put on the planned size, three on one twice as large: the average finds slow losses, and catastrophic ones soon.
    private static readonly double[] MultiplesDown = [1, 2, 2, 2];

    // Stands for a p-value of zero, so that the evidence stays a number.
    private const double LeastProbability = 1e-200;

    private readonly EarlyRule _rule;
    private readonly EarlyDesign _design;
    private readonly EProcess[] _processes;
    private readonly List<double> _observations = [];
    private readonly double _items;
    private readonly double _scale;

    public EarlyContrast(EarlyRule rule)
    {
        _rule = rule;
        _design = rule.Design ?? EarlyDesign.Unclustered;
        _items = _design.Strata.Sum(stratum => stratum.Items);
        _scale = _design.Strata.Sum(stratum => (double)stratum.LargestCluster * _design.Rounds / _items);
        _processes = [.. _design.Passes.Select(pass => Process(pass))];
    }

    public Threshold Threshold => _rule.Threshold;

    /// <summary>Largest e-value so far against "the limit is missed", times its share of the error probability: once shown stays shown.</summary>
    public double Holds { get; private set; }

    /// <summary>The same against "the limit is kept"; a look with p-value p counts as 1/p, which under the hypothesis is as seldom large as an e-value.</summary>
    public double Breached { get; private set; }

    /// <summary>Bets on the clusters of the rule's strata, when the round has them.</summary>
    public void Observe(EarlyRound round)
    {
        EarlyCluster[] clusters = [.. round.Clusters.Where(cluster => Threshold.Task is null || string.Equals(Threshold.Task, cluster.Task, StringComparison.Ordinal))];
        if (clusters.Length == 0)
            return;
        EProcess process = _processes[round.Pass];
        double observation = Observation(clusters, _design.Passes[round.Pass]);
        process.Add(observation);
        Holds = Math.Max(Holds, _design.HoldShare * Value(process.LogAbove));
        if (round.Pass == 0)
            Breached = Math.Max(Breached, _design.BetShare * Value(process.LogBelow));
        if (round.Pass < _design.Passes.Length - 1)
            Look(observation);
    }

    // At the end of a pass, when every cluster has been heard in it.
    private void Look(double observation)
    {
        _observations.Add(observation);
        if (_observations.Count < _design.Rounds)
            return;
        double[] ones = new double[_observations.Count];
        Array.Fill(ones, 1);
        double probability = ClusterMeanTest.Test([.. _observations], ones).Below;
        Breached = Math.Max(Breached, _design.LookShare / Math.Max(probability, LeastProbability));
        _observations.Clear();
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

            // A task may have nothing of a cluster that another has: it adds nothing.
            sum += cluster.Size == 0 ? 0 : cluster.Size * cluster.Items.Average(Contrast) * _design.Rounds / _items;
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
