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
        Items = tasks.Sum(task => task.Count);
        Forgotten = tasks.Sum(task => task.Counts.Forgotten);
        Gained = tasks.Sum(task => task.Counts.Gained);
        Clusters = Strata.Sum(stratum => stratum.Sums.Count);
        Capped = Strata.Sum(stratum => stratum.Weight * Math.Clamp(stratum.Retention, 0, 1));
        Uncapped = Strata.Sum(stratum => stratum.Weight * Math.Max(stratum.Retention, 0));
    }

    public SuiteStratum[] Strata { get; }

    public int Items { get; }

    public int Clusters { get; }

    public int Forgotten { get; }

    public int Gained { get; }

    /// <summary>Sr.</summary>
    public double Capped { get; }

    /// <summary>The same without the cap at 1.</summary>
    public double Uncapped { get; }
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
