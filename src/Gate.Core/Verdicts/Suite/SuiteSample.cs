using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Suite;

/// <summary>
/// The gateable tasks of a suite as strata, with the cluster sums that Sr needs. Sr = Σ w_t min(R*_t, 1) / Σ w_t.
/// </summary>
internal sealed class SuiteSample
{
    /// <param name="tasks">Gateable right/wrong or graded tasks; at least one.</param>
    public SuiteSample(IReadOnlyList<TaskSample> tasks)
    {
        double totalWeight = tasks.Sum(task => task.SuiteWeight);
        Strata =
        [
            .. tasks.Select(task => new SuiteStratum(
                task,
                task.SuiteWeight / totalWeight,
                ClusterSums.From(task, i => task.Candidate[i] - task.Chance[i], i => task.Dense[i] - task.Chance[i]))),
        ];
        var clusters = new JointClusters(tasks);
        Families = [.. clusters.Families().Select(family => SuiteFamily.Of(family, tasks, Strata, clusters))];
        Items = tasks.Sum(task => task.Count);
        Forgotten = tasks.Sum(task => task.Counts.Forgotten);
        Gained = tasks.Sum(task => task.Counts.Gained);
        Clusters = Families.Sum(family => family.Count);
        Capped = Strata.Sum(stratum => stratum.Weight * Math.Clamp(stratum.Retention, 0, 1));
        Uncapped = Strata.Sum(stratum => stratum.Weight * Math.Max(stratum.Retention, 0));
        UncappedMean = Strata.Sum(stratum => stratum.Weight * stratum.Retention);
    }

    public SuiteStratum[] Strata { get; }

    /// <summary>The tasks in groups that share clusters; groups are independent of each other.</summary>
    public SuiteFamily[] Families { get; }

    public int Items { get; }

    /// <summary>Clusters over the whole suite, one that stands in several tasks once.</summary>
    public int Clusters { get; }

    /// <summary>Whether any cluster has more than one item, in one task or in several.</summary>
    public bool HasClusters => Clusters < Items;

    public int Forgotten { get; }

    public int Gained { get; }

    /// <summary>Sr.</summary>
    public double Capped { get; }

    /// <summary>The same without the cap at 1.</summary>
    public double Uncapped { get; }

    /// <summary>The same without the floor at 0 either: the mean that the contrast is about.</summary>
    public double UncappedMean { get; }
}

/// <summary>One task as a stratum of the suite.</summary>
/// <param name="Task">The task.</param>
/// <param name="Weight">Share of the task in Sr; the shares sum to 1.</param>
/// <param name="Sums">Chance-corrected candidate (A) and dense (B) scores by cluster.</param>
internal sealed record SuiteStratum(TaskSample Task, double Weight, ClusterSums Sums)
{
    /// <summary>Σ (b − γ) over the items; positive for a gateable task.</summary>
    public double DenseTotal { get; } = Sums.B.Sum();

    /// <summary>Chance-corrected retention without floor or cap.</summary>
    public double Retention { get; } = Sums.A.Sum() / Sums.B.Sum();
}

/// <summary>Tasks that share clusters, with what each cluster contributes to each of them.</summary>
/// <param name="Strata">Indices of the tasks among the suite's strata.</param>
/// <param name="A">Chance-corrected candidate scores by task of the family and cluster.</param>
/// <param name="B">The same of the dense model.</param>
/// <param name="Sizes">Items by task of the family and cluster; 0 where the task has none of the cluster.</param>
internal sealed record SuiteFamily(int[] Strata, double[][] A, double[][] B, double[][] Sizes)
{
    /// <summary>Number of clusters.</summary>
    public int Count => A[0].Length;

    /// <summary>Lays the sums of a family's tasks side by side.</summary>
    public static SuiteFamily Of(int[] family, IReadOnlyList<TaskSample> tasks, SuiteStratum[] strata, JointClusters clusters)
    {
        Dictionary<int, int> places = [];
        foreach (int s in family)
        {
            for (int g = 0; g < tasks[s].Clusters; g++)
                places.TryAdd(clusters.Of(s, g), places.Count);
        }

        double[][] Spread(Func<SuiteStratum, double[]> values) => [.. family.Select(s =>
        {
            double[] spread = new double[places.Count];
            double[] own = values(strata[s]);
            for (int g = 0; g < own.Length; g++)
                spread[places[clusters.Of(s, g)]] = own[g];
            return spread;
        })];
        return new SuiteFamily(family, Spread(stratum => stratum.Sums.A), Spread(stratum => stratum.Sums.B), Spread(stratum => stratum.Sums.Sizes));
    }
}
