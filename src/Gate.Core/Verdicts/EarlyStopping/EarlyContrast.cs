using Gate.Core.Verdicts.Rules;

namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>One rule's bounded contrast and its two betting martingales.</summary>
internal sealed class EarlyContrast
{
    // One bet near the planned size and one twice as large: the average finds both slow and catastrophic losses.
    private static readonly double[] MultiplesDown = [1, 2];

    private readonly EarlyRule _rule;
    private readonly EProcess _process;

    public EarlyContrast(EarlyRule rule)
    {
        _rule = rule;
        double limit = rule.Threshold.Limit;
        double size = rule.LargestCluster;
        double spread = (1 + ((size - 1) * rule.PriorCorrelation)) / size;
        double dense = rule.PlannedDenseScore;
        if (rule.Threshold.Metric == RuleMetrics.Retention)
        {
            _process = new EProcess(
                Math.Max((1 - limit) * (dense - rule.HighestChance), 1e-4), Math.Max(rule.PriorFlips * spread, 1e-4),
                -limit - ((1 - limit) * rule.HighestChance), 1 - ((1 - limit) * rule.LowestChance), multiplesDown: MultiplesDown);
        }
        else
        {
            double expected = Math.Min(rule.PriorFlips / 2, limit * dense / 2);
            _process = new EProcess(
                Math.Max((limit * dense) - expected, 1e-4), Math.Max(limit * (1 - limit) * dense * spread, 1e-4), limit - 1, limit, multiplesDown: MultiplesDown);
        }
    }

    public Threshold Threshold => _rule.Threshold;

    /// <summary>Largest e-values so far: once shown stays shown.</summary>
    public double Holds { get; private set; } = 1;

    public double Breached { get; private set; } = 1;

    /// <summary>Bets on one cluster. The sum over its items is divided by the largest size, so that unequal clusters keep their weight.</summary>
    public void Observe(IReadOnlyList<PairedItem> cluster)
    {
        if (cluster.Count > _rule.LargestCluster)
            throw new ArgumentException($"a cluster of {cluster.Count} items is larger than the planned {_rule.LargestCluster}", nameof(cluster));
        double sum = 0;
        foreach (PairedItem item in cluster)
            sum += Contrast(item);
        _process.Add(sum / _rule.LargestCluster);
        Holds = Math.Max(Holds, Value(_process.LogAbove));
        Breached = Math.Max(Breached, Value(_process.LogBelow));
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
