using System.Collections.Immutable;

namespace Gate.Core.Verdicts.EarlyStopping;

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
///
/// A bet may not risk more than the worst cluster could cost, so G clusters with a mean x̄ below 0 in each give at most ln W = G · ln(1 + |x̄|) however many
/// of their items are asked: 4.0 for 35 clusters at a retention of 0.75 and a dense score of 0.6, where 3.1 is needed for the whole error probability alone. More items of
/// the same clusters make a cluster's mean surer, which bets cannot use and a test with the clusters' own spread can. So failures are bet on in the first pass only; at the
/// end of each other one but the last the clusters are put to that test once (<see cref="Statistics.ClusterMeanTest"/>, which the verdict at the end uses too): a fixed number of looks, each
/// with its share of the error probability.
/// </remarks>
/// <param name="Rounds">Number of rounds.</param>
/// <param name="Passes">Items of each cluster that have been asked when a pass has been through it; each larger than the one before.</param>
/// <param name="Strata">The strata.</param>
public sealed record EarlyDesign(int Rounds, ImmutableArray<int> Passes, ImmutableArray<EarlyStratum> Strata)
{
    /// <summary>Items the first pass should ask at least, so that a hopeless candidate is found within it.</summary>
    public const int FirstPassItems = 70;

    // With a first pass of single items there are enough clusters for the bets to find what is hopeless; with fewer the looks must find more of it.
    private const double BetShareOfManyClusters = 0.9;
    private const double BetShareOfFewClusters = 0.7;

    // A look that leaves less than a fifth of the items could save hardly any.
    private const double WorthALook = 1.25;

    /// <summary>A single task of items without clusters.</summary>
    public static EarlyDesign Unclustered { get; } = new(1, [1], [new EarlyStratum(string.Empty, 1, 1)]);

    /// <summary>Share of the error probability of a pass that belongs to the bets of each pass.</summary>
    public double HoldShare => 1.0 / Passes.Length;

    /// <summary>Share of the error probability of a failure that belongs to the bets of the first pass.</summary>
    public double BetShare => Passes.Length == 1 ? 1 : Passes[0] == 1 ? BetShareOfManyClusters : BetShareOfFewClusters;

    /// <summary>Share of the error probability of a failure that belongs to each look: at the ends of all passes but the last.</summary>
    public double LookShare => Passes.Length == 1 ? 0 : (1 - BetShare) / (Passes.Length - 1);

    /// <summary>Plans the passes: each asks twice as many items as the one before.</summary>
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
            items.Add(2 * items[^1] * WorthALook > largest ? largest : 2 * items[^1]);
        return new EarlyDesign(rounds, [.. items], [.. strata.Select(stratum => new EarlyStratum(stratum.Task, stratum.Sizes.Sum(), stratum.Sizes.Max()))]);
    }

    /// <summary>The design as a rule about one task sees it.</summary>
    public EarlyDesign For(string task) => this with { Strata = [.. Strata.Where(stratum => string.Equals(stratum.Task, task, StringComparison.Ordinal))] };
}
