using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Statistics;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Tests.Verdicts;

/// <summary>
/// Draws paired outcomes of a dense model and a candidate whose true retention is known. With clusters, both what is known and what is lost
/// go together within a cluster.
/// </summary>
internal sealed record OutcomeSimulator
{
    /// <summary>True share of items the dense model knows.</summary>
    public double Dense { get; init; } = 0.6;

    /// <summary>True retention.</summary>
    public double Retention { get; init; } = 1;

    /// <summary>Share of all items the candidate gains.</summary>
    public double Gains { get; init; } = 0.04;

    /// <summary>Chance level: retention is of the part above it.</summary>
    public double Chance { get; init; }

    /// <summary>Items per cluster; 1 = none.</summary>
    public int ClusterSize { get; init; } = 1;

    /// <summary>Items of each cluster where they differ, as many in all as are drawn; null when all have <see cref="ClusterSize"/>.</summary>
    public IReadOnlyList<int>? ClusterSizes { get; init; }

    /// <summary>So many clusters whose sizes spread like an exponential distribution of the given mean: the largest four times the mean, the smallest a few items.</summary>
    public static IReadOnlyList<int> SpreadSizes(int clusters, int mean) =>
        [.. Enumerable.Range(0, clusters).Select(i => Math.Max(2, (int)Math.Round(-mean * Math.Log(1 - ((i + 0.5) / clusters)))))];

    /// <summary>Correlation of losses within a cluster.</summary>
    public double Correlation { get; init; } = 0.1;

    /// <summary>
    /// Whether a cluster's own shares of known, lost and gained items spread around the true ones as beta distributions do, instead of a cluster being known, lost or gained whole.
    /// The correlation is the same.
    /// </summary>
    public bool Graded { get; init; }

    /// <summary>One run's outcomes in item order.</summary>
    public (bool Dense, bool Candidate)[] Draw(int items, long seed, int run)
    {
        var random = new CounterRandom(seed, run);
        double candidate = Chance + (Retention * (Dense - Chance));
        double lost = (Dense - candidate + Gains) / Dense;
        double gained = Gains / (1 - Dense);
        int[] clusters = Clusters(items);
        var outcomes = new (bool, bool)[items];
        bool allKnown = false, allLost = false, allGained = false;
        double knownShare = Dense, lostShare = lost, gainedShare = gained;
        for (int i = 0; i < items; i++)
        {
            bool first = i == 0 || clusters[i] != clusters[i - 1];
            if (first && Graded && HasClusters)
                (knownShare, lostShare, gainedShare) = (Share(ref random, Dense), Share(ref random, lost), Share(ref random, gained));
            if (Graded)
            {
                bool knows = random.NextDouble() < knownShare;
                outcomes[i] = (knows, knows != random.NextDouble() < (knows ? lostShare : gainedShare));
                continue;
            }

            if (first)
                (allKnown, allLost, allGained) = (random.NextDouble() < Dense, random.NextDouble() < lost, random.NextDouble() < gained);

            // With probability √ρ an item follows its cluster, else it draws for itself: the correlation within a cluster is ρ.
            bool follows = HasClusters && random.NextDouble() < Math.Sqrt(Correlation);
            bool known = follows ? allKnown : random.NextDouble() < Dense;
            bool changed = known
                ? follows ? allLost : random.NextDouble() < lost
                : follows ? allGained : random.NextDouble() < gained;
            outcomes[i] = (known, known != changed);
        }

        return outcomes;
    }

    /// <summary>p-values of the retention test of one run: the production tests on the production sums.</summary>
    public TailProbabilities Test(int items, long seed, int run, double limit)
    {
        (PairedCounts counts, ClusterSums sums) = Summary(items, seed, run);
        return RetentionEvidence.Test(counts, sums, Chance, limit);
    }

    /// <summary>The same as the rule reads it, with the promise about candidates two points under the limit.</summary>
    public TailProbabilities Rule(int items, long seed, int run, double limit)
    {
        (PairedCounts counts, ClusterSums sums) = Summary(items, seed, run);
        return NearbyLimit.Test(limit, at => RetentionEvidence.Test(counts, sums, Chance, at));
    }

    /// <summary>p-values of the forgotten share of one run.</summary>
    public TailProbabilities Forgotten(int items, long seed, int run, double limit, bool unseen)
    {
        (bool Dense, bool Candidate)[] outcomes = Draw(items, seed, run);
        int[] clusters = Clusters(items);
        double[] lost = new double[clusters[^1] + 1];
        double[] known = new double[lost.Length];
        for (int i = 0; i < items; i++)
        {
            known[clusters[i]] += outcomes[i].Dense ? 1 : 0;
            lost[clusters[i]] += outcomes[i] is (true, false) ? 1 : 0;
        }

        int[] used = [.. Enumerable.Range(0, known.Length).Where(cluster => known[cluster] > 0)];
        double[] sizes = [.. used.Select(cluster => known[cluster])];
        var sums = new ClusterSums([.. used.Select(cluster => lost[cluster])], sizes, sizes);
        return unseen ? ForgettingEvidence.TestUnseen(sums, (int)lost.Sum(), (int)known.Sum(), limit) : ForgettingEvidence.Test(sums, (int)lost.Sum(), (int)known.Sum(), limit);
    }

    /// <summary>Paired counts and chance-corrected cluster sums of one run.</summary>
    public (PairedCounts Counts, ClusterSums Sums) Summary(int items, long seed, int run)
    {
        (bool Dense, bool Candidate)[] outcomes = Draw(items, seed, run);
        int[] clusters = Clusters(items);
        double[] a = new double[clusters[^1] + 1];
        double[] b = new double[a.Length];
        double[] sizes = new double[a.Length];
        int kept = 0, forgotten = 0, gained = 0;
        for (int i = 0; i < items; i++)
        {
            (bool before, bool now) = outcomes[i];
            int cluster = clusters[i];
            a[cluster] += (now ? 1 : 0) - Chance;
            b[cluster] += (before ? 1 : 0) - Chance;
            sizes[cluster]++;
            kept += before && now ? 1 : 0;
            forgotten += before && !now ? 1 : 0;
            gained += !before && now ? 1 : 0;
        }

        return (new PairedCounts(kept, forgotten, gained, items - kept - forgotten - gained), new ClusterSums(a, b, sizes));
    }

    /// <summary>One run as a task.</summary>
    public PairedTask Task(int items, long seed, int run, string name = "facts")
    {
        int[] clusters = Clusters(items);
        return new(
        name, false, 1,
        [.. Draw(items, seed, run).Select((outcome, i) => Pairs.Item(
            $"q{i:D5}", outcome.Dense ? 1 : 0, outcome.Candidate ? 1 : 0, Chance, HasClusters ? $"c{clusters[i]:D5}" : null))]);
    }

    // A beta variable of this mean whose variance is ρ·mean·(1 − mean): items drawn with it are correlated by ρ.
    private double Share(ref CounterRandom random, double mean) => BetaShare(ref random, mean, Correlation);

    /// <summary>A cluster's own share where the true one is <paramref name="mean"/>.</summary>
    internal static double BetaShare(ref CounterRandom random, double mean, double correlation)
    {
        if (mean is <= 0 or >= 1)
            return mean;
        double strength = (1 - correlation) / correlation;
        double yes = LogGamma(ref random, mean * strength), no = LogGamma(ref random, (1 - mean) * strength);
        return 1 / (1 + Math.Exp(no - yes));
    }

    // The logarithm of a gamma variable (Marsaglia and Tsang 2000), raised by one and brought back by a power of a uniform one for shapes below 1.
    private static double LogGamma(ref CounterRandom random, double shape)
    {
        double d = (shape < 1 ? shape + 1 : shape) - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double z = NormalDistribution.Quantile(Math.Max(random.NextDouble(), 1e-300));
            double v = Math.Pow(1 + (c * z), 3);
            if (v > 0 && Math.Log(Math.Max(random.NextDouble(), 1e-300)) < (0.5 * z * z) + d - (d * v) + (d * Math.Log(v)))
                return Math.Log(d * v) + (shape < 1 ? Math.Log(Math.Max(random.NextDouble(), 1e-300)) / shape : 0);
        }
    }

    private bool HasClusters => ClusterSize > 1 || ClusterSizes is not null;

    private int[] Clusters(int items) => ClusterSizes is null
        ? [.. Enumerable.Range(0, items).Select(i => i / ClusterSize)]
        : [.. ClusterSizes.SelectMany((size, cluster) => Enumerable.Repeat(cluster, size))];
}
