using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Verdicts.Rules;

/// <summary>Everything a rule needs to know about one measured number.</summary>
internal sealed record Evidence
{
    /// <summary>What it is, for sentences: <c>retention of lama</c>.</summary>
    public required string What { get; init; }

    /// <summary>Which number of which items it is: equal for rules that differ in their limit only, whatever they are called.</summary>
    public required string Basis { get; init; }

    /// <summary>Point estimate.</summary>
    public required double Value { get; init; }

    /// <summary>Smallest possible value.</summary>
    public double Minimum { get; init; }

    /// <summary>Largest value an interval reaches; infinite for a ratio, whose upper end depends on how well what it is divided by is known.</summary>
    public required double Maximum { get; init; }

    /// <summary>Whether larger is better.</summary>
    public required bool AtLeast { get; init; }

    /// <summary>The test against any limit.</summary>
    public required LimitTest Test { get; init; }

    /// <summary>The test that trusts the correlation of losses that the sample shows, where <see cref="Test"/> takes unseen clusters for lost; else null.</summary>
    public LimitTest? WithoutUnseen { get; init; }

    /// <summary>Mean and standard error of the contrast at a limit, per <see cref="Units"/>; for "about N more items".</summary>
    public required Func<double, (double Mean, double Error)> Contrast { get; init; }

    /// <summary>Known items that a loss-free candidate would need at a limit; null when the question does not arise.</summary>
    public Func<double, double, double>? ItemsWithoutLoss { get; init; }

    /// <summary>The limit two points of retention under a limit, where the test must show more (<see cref="NearbyLimit"/>); null where it need not.</summary>
    public Func<double, double>? TwoPointsUnder { get; init; }

    /// <summary>Observations behind the contrast (items, known items, windows).</summary>
    public required int Units { get; init; }

    /// <summary>Items behind the rule.</summary>
    public required int Items { get; init; }

    /// <summary>Clusters of items.</summary>
    public required int Clusters { get; init; }

    /// <summary>Items that were right and are wrong now, and the other way round; null where no item has a right or wrong answer.</summary>
    public (int Forgotten, int Gained)? Flips { get; init; }

    /// <summary>How what can be lost is spread over clusters; null without clusters, and where nothing known is counted (perplexity).</summary>
    public Tasks.LossClusters? LossClusters { get; init; }

    /// <summary>The share of what is known that a limit asks to be kept.</summary>
    public Func<double, double> RetainedAt { get; init; } = limit => limit;

    /// <summary>What the items are called: <c>item</c> or <c>window</c>.</summary>
    public string Noun { get; init; } = "item";

    /// <summary>The fewest clusters that can show a limit at an error probability, whatever the answers; 0 where items come in no clusters.</summary>
    public int LeastClusters(double limit, double level) =>
        Clusters >= Items ? 0 : ClusterMeanTest.LeastClusters(TwoPointsUnder is not null && limit > NearbyLimit.Distance ? level / NearbyLimit.Factor : level);

    /// <summary>The value with its one-sided bounds at error probability <paramref name="level"/>.</summary>
    public Estimate Estimate(double level, double? limit = null) =>
        Estimate(level, level, limit);

    /// <summary>The same with different error probabilities for "shown to hold" and "shown to be missed".</summary>
    public Estimate Estimate(double holdLevel, double breachLevel, double? limit)
    {
        (double above, double below) = AtLeast ? (holdLevel, breachLevel) : (breachLevel, holdLevel);
        double maximum = double.IsInfinity(Maximum) ? ShownBelow(below) : Math.Max(Maximum, Value);
        Estimate estimate = IntervalByInversion.Invert(
            Value, Minimum, Math.Min(maximum, LargestRatio), at => Test.ShowsAbove(at, above), at => Test.ShowsBelow(at, below), limit);
        return double.IsInfinity(maximum) ? estimate with { Upper = double.PositiveInfinity } : estimate;
    }

    // A ratio that is shown to lie below nothing up to here has no upper bound: what it is divided by may as well be nothing.
    private const double LargestRatio = 1e6;

    private double ShownBelow(double level)
    {
        for (double at = 2 * Math.Max(1, Value); at < LargestRatio; at *= 2)
        {
            if (Test.ShowsBelow(at, level))
                return at;
        }

        return double.PositiveInfinity;
    }
}
