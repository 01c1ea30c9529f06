using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>A task's sample with everything derived from it once.</summary>
internal sealed class TaskSummary
{
    public TaskSummary(PairedTask task, DecisionOptions options)
    {
        Sample = TaskSample.From(task, options.MaximumInvalidShare);
        NotGateable = GateableBaseline.Reason(Sample, options.GateableMargin);
        bool usable = Sample.Problem is null;
        if (usable && Sample.IsPerplexity)
        {
            Corrected = PerplexityEvidence.Retention(Sample);
            Plain = Corrected;
        }
        else if (usable)
        {
            Corrected = RetentionEvidence.From(Sample, correctForChance: true);
            Plain = RetentionEvidence.From(Sample, correctForChance: false);
        }
    }

    public TaskSample Sample { get; }

    /// <summary>Why the task is not gateable, or null.</summary>
    public string? NotGateable { get; }

    /// <summary>Whether the task takes part in Sr: gateable, not perplexity, with a positive weight.</summary>
    public bool InSuite => NotGateable is null && !Sample.IsPerplexity && Sample.SuiteWeight > 0;

    /// <summary>Chance-corrected retention, or null when it does not exist.</summary>
    public Evidence? Corrected { get; }

    /// <summary>Plain retention, or null when it does not exist.</summary>
    public Evidence? Plain { get; }

    /// <summary>The numbers for the report.</summary>
    /// <param name="level">One-sided error probability of the bounds.</param>
    /// <param name="limit">Limit of the task's retention rule, if there is one.</param>
    public TaskStatistics Statistics(double level, double? limit)
    {
        PairedCounts counts = Sample.Counts;
        bool usable = Sample.Problem is null;
        return new TaskStatistics
        {
            Name = Sample.Name,
            HigherIsBetter = !Sample.IsPerplexity,
            Items = Sample.Count,
            Clusters = Sample.Clusters,
            DenseScore = Score(Sample.Dense),
            CandidateScore = Score(Sample.Candidate),
            Chance = usable ? Sample.ChanceMean : 0,
            Gateable = NotGateable is null,
            NotGateableReason = NotGateable,
            Retention = NotGateable is null ? Plain?.Estimate(level, Sample.IsPerplexity ? limit : null) : null,
            CorrectedRetention = NotGateable is null ? Corrected?.Estimate(level, limit) : null,
            Flips = Sample.IsRightWrong && Sample.Count > 0
                ? new FlipTable(counts.Kept, counts.Forgotten, counts.Gained, counts.NeverKnown) : null,
            DenseInvalid = Sample.DenseInvalid,
            CandidateInvalid = Sample.CandidateInvalid,
            Groups = usable ? GroupBreakdown.Of(Sample) : [],
        };
    }

    private double? Score(double[] scores)
    {
        if (Sample.Count == 0)
            return null;
        if (!Sample.IsPerplexity)
            return scores.Sum() / scores.Length;
        return Sample.Problem is null ? PerplexityEvidence.Perplexity(scores, Sample.Tokens) : null;
    }

    /// <summary>Warnings about the task.</summary>
    public IEnumerable<RunNote> Notes()
    {
        if (Sample.Problem is string problem)
            yield return new RunNote("GATE2005", "warning", $"task {Sample.Name} is not measured: {problem}");
        else if (NotGateable is string reason)
            yield return new RunNote("GATE2004", "warning", $"task {Sample.Name} is not gateable and left out of Sr: {reason}");
        else if (!Sample.IsPerplexity && Sample.CandidateMean < Sample.ChanceMean)
        {
            yield return new RunNote("GATE2010", "warning",
                $"task {Sample.Name}: the candidate's score {NumberText.Against(Sample.CandidateMean, Sample.ChanceMean)} is below chance "
                + $"{NumberText.Against(Sample.ChanceMean, Sample.CandidateMean)} (below-chance): its answers are probably broken rather than forgotten; retention is taken as 0");
        }

        if (Sample.Problem is null && Sample.DenseInvalid + Sample.CandidateInvalid > 0)
        {
            yield return new RunNote("GATE2011", "warning",
                $"task {Sample.Name}: {Sample.DenseInvalid} outcomes of the dense model and {Sample.CandidateInvalid} of the candidate could not be used and count as wrong");
        }
    }
}
