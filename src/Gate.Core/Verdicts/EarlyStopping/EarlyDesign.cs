using System.Collections.Immutable;

namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>One pass over the clusters.</summary>
/// <param name="Items">Items of each cluster that have been asked when the pass has been through it; larger than the pass before.</param>
/// <param name="Share">Share of the error probability that belongs to the pass; the shares of all passes sum to 1.</param>
public sealed record EarlyPass(int Items, double Share);

/// <summary>A task's clusters, one of which takes part in every round.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Items">Items in all rounds.</param>
/// <param name="LargestCluster">Items in the largest cluster.</param>
public sealed record EarlyStratum(string Task, int Items, int LargestCluster);

/// <summary>
/// The order of questions in outline, fixed before the first answer: rounds in random order, one cluster of each stratum in a round, and passes over the
/// rounds. The first pass asks so few items of a cluster that many clusters are heard soon: a loss found in one cluster says little about the others.
/// </summary>
/// <remarks>
/// One bet per cluster. Clusters are drawn at random, and so are the items within a cluster; m/M times the mean over the items of it asked so far has the
/// expectation of the cluster's sum over M, however few they are and however strongly a cluster's items go together. So the bets of one pass form a
/// test martingale over its rounds. Items of a later pass are not independent of the earlier ones: each pass has a martingale and a share of the error probability
/// of its own, and the union bound over the passes (Bonferroni on Ville's inequality) keeps the whole valid at every look. Two-stage sampling with
/// the cluster as the unit: Cochran, Sampling Techniques, 1977, chapter 11.
/// </remarks>
/// <param name="Rounds">Number of rounds.</param>
/// <param name="Passes">The passes.</param>
/// <param name="Strata">The strata.</param>
public sealed record EarlyDesign(int Rounds, ImmutableArray<EarlyPass> Passes, ImmutableArray<EarlyStratum> Strata)
{
    /// <summary>Items the first pass should ask at least, so that a hopeless candidate is found within it.</summary>
    public const int FirstPassItems = 70;

    /// <summary>Share of the error probability given to the first of several passes: it is there for the hopeless, the others find smaller losses.</summary>
    public const double FirstPassShare = 0.8;

    // A pass that adds less than this factor would hardly see more than the one before.
    private const int Growth = 4;

    /// <summary>A single task of items without clusters.</summary>
    public static EarlyDesign Unclustered { get; } = new(1, [new EarlyPass(1, 1)], [new EarlyStratum(string.Empty, 1, 1)]);

    /// <summary>Plans the passes.</summary>
    /// <param name="strata">For each task its name and the sizes of its clusters in the order of the rounds; all tasks have the same number.</param>
    /// <exception cref="ArgumentException">There is no round, or the numbers of clusters differ.</exception>
    public static EarlyDesign Of(IReadOnlyList<(string Task, IReadOnlyList<int> Sizes)> strata)
    {
        int rounds = strata.Count == 0 ? 0 : strata[0].Sizes.Count;
        if (rounds == 0 || strata.Any(stratum => stratum.Sizes.Count != rounds))
            throw new ArgumentException("expected the same number of clusters, at least one, in every stratum", nameof(strata));
        int largest = strata.Max(stratum => stratum.Sizes.Max());
        List<int> items = [Math.Min(largest, (FirstPassItems + (rounds * strata.Count) - 1) / (rounds * strata.Count))];
        while (items[^1] < largest)
            items.Add(items[^1] * Growth * 2 > largest ? largest : items[^1] * Growth);
        double later = (1 - FirstPassShare) / Math.Max(1, items.Count - 1);
        return new EarlyDesign(
            rounds, [.. items.Select((count, pass) => new EarlyPass(count, items.Count == 1 ? 1 : pass == 0 ? FirstPassShare : later))],
            [.. strata.Select(stratum => new EarlyStratum(stratum.Task, stratum.Sizes.Sum(), stratum.Sizes.Max()))]);
    }

    /// <summary>The design as a rule about one task sees it.</summary>
    public EarlyDesign For(string task) => this with { Strata = [.. Strata.Where(stratum => string.Equals(stratum.Task, task, StringComparison.Ordinal))] };
}
