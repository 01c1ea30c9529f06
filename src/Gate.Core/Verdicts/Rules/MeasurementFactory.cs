using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Rules;

/// <summary>Finds the evidence for a threshold, or says exactly why there is none.</summary>
/// <param name="tasks">All tasks of the run.</param>
/// <param name="retention">Evidence about Sr, or null when no task is gateable.</param>
/// <param name="formula">SrCr formula in force.</param>
/// <param name="size">The compression, or null when unknown.</param>
/// <param name="options">How to decide.</param>
internal sealed class MeasurementFactory(
    IReadOnlyList<TaskSummary> tasks, Evidence? retention, SrCrFormula formula, CompressionMeasures? size, DecisionOptions options)
{
    // The point rule claims nothing about other questions.
    private bool Unseen => options.UnseenClusters == DecisionOptions.RefuseUnseen && options.Rule != "point";

    /// <summary>The measurement for one threshold.</summary>
    public Measurement For(Threshold threshold)
    {
        if (!double.IsFinite(threshold.Limit))
            return new Measurement(threshold, null, $"the limit is {NumberText.Exact(threshold.Limit)}, expected a number", Remedy: "Correct the limit.");
        Measurement found = threshold.Task is null ? ForSuite(threshold) : ForTask(threshold, threshold.Task);
        return found.Evidence is Evidence evidence && !double.IsFinite(evidence.Value)
            ? new Measurement(threshold, null, $"{evidence.What} is not a number")
            : found;
    }

    private Measurement ForSuite(Threshold threshold)
    {
        // A task that should be in the number but could not be used must not disappear from it.
        bool perplexity = threshold.Metric == RuleMetrics.PerplexityRatio;
        TaskSummary? broken = tasks.FirstOrDefault(task => task.Sample.Problem is not null && task.Sample.IsPerplexity == perplexity);
        if (broken is not null)
            return Unusable(threshold, broken);

        return threshold.Metric switch
        {
            RuleMetrics.Retention => retention is null ? NoKnowledge(threshold) : new Measurement(threshold, retention),
            RuleMetrics.SrCr => SrCr(threshold),
            RuleMetrics.MaxForgotten => Forgotten(threshold),
            RuleMetrics.PerplexityRatio => Perplexity(threshold),
            _ => Unknown(threshold, RuleMetrics.ForSuite),
        };
    }

    private Measurement ForTask(Threshold threshold, string name)
    {
        TaskSummary[] named = [.. tasks.Where(task => string.Equals(task.Sample.Name, name, StringComparison.Ordinal))];
        if (named.Length != 1)
        {
            return new Measurement(threshold, null, named.Length == 0 ? $"task {name} was not run" : $"there are {named.Length} tasks named {name}",
                Remedy: "Add the task to suite.tasks, or remove the threshold.");
        }

        TaskSummary task = named[0];
        if (task.Sample.Problem is not null)
            return Unusable(threshold, task);
        if (task.NotGateable is string reason)
        {
            return new Measurement(threshold, null, $"task {name} is not gateable: {reason}", "GATE2004",
                "Use a task the dense model can do, or remove the threshold.");
        }

        switch (threshold.Metric)
        {
            case RuleMetrics.Retention:
                return task.Corrected is null
                    ? new Measurement(threshold, null, $"the dense score of {name} is not above chance", "GATE2004")
                    : new Measurement(threshold, task.Corrected);
            case RuleMetrics.MaxForgotten when task.Sample.IsRightWrong:
                return ForgettingEvidence.From($"forgotten share of {name}", [task.Sample], Unseen) is Evidence forgotten
                    ? new Measurement(threshold, forgotten)
                    : new Measurement(threshold, null, $"the dense model answered nothing of {name} right");
            case RuleMetrics.MaxForgotten:
                return new Measurement(threshold, null, $"task {name} has graded scores, and forgetting is counted on right and wrong answers",
                    Remedy: "Use a retention threshold for this task.");
            case RuleMetrics.PerplexityRatio when task.Sample.IsPerplexity:
                return new Measurement(threshold, PerplexityEvidence.Ratio($"perplexity ratio of {name}", [task.Sample]));
            case RuleMetrics.PerplexityRatio:
                return new Measurement(threshold, null, $"task {name} does not measure perplexity", Remedy: "Use a retention threshold for this task.");
            default:
                return Unknown(threshold, RuleMetrics.ForTask);
        }
    }

    private Measurement SrCr(Threshold threshold)
    {
        if (retention is null)
            return NoKnowledge(threshold);
        if (size is null || !double.IsFinite(size.TheoreticalCompressionRate)
            || (formula.NeedsSparsityAndBits && (size.Sparsity is null || size.Bits is null)))
        {
            return new Measurement(threshold, null, $"the compression that {formula.Id} needs is unknown for this candidate",
                Remedy: "Remove the srcr threshold, or let Gate compress the model so that sparsity and bits are known.");
        }

        return new Measurement(threshold, SuiteEvidenceOf(retention));
    }

    private Evidence SuiteEvidenceOf(Evidence semanticRetention) => Suite.SuiteEvidence.SrCr(semanticRetention, formula, size!);

    private Measurement Forgotten(Threshold threshold)
    {
        TaskSummary[] rightWrong = [.. tasks.Where(task => task.NotGateable is null && task.Sample.IsRightWrong)];
        if (rightWrong.Length == 0)
            return NoKnowledge(threshold);
        return ForgettingEvidence.From("forgotten share of the suite", [.. rightWrong.Select(task => task.Sample)], Unseen) is Evidence evidence
            ? new Measurement(threshold, evidence)
            : NoKnowledge(threshold);
    }

    private Measurement Perplexity(Threshold threshold)
    {
        TaskSummary[] measured = [.. tasks.Where(task => task.Sample.IsPerplexity)];
        return measured.Length == 0
            ? new Measurement(threshold, null, "no perplexity task was run", Remedy: "Add the perplexity task to suite.tasks, or remove the threshold.")
            : new Measurement(threshold, PerplexityEvidence.Ratio("perplexity ratio", [.. measured.Select(task => task.Sample)]));
    }

    private static Measurement Unusable(Threshold threshold, TaskSummary task) => new(
        threshold, null, $"task {task.Sample.Name} cannot be used: {task.Sample.Problem}", "GATE2005", "Mend the model or the task's data and run again.");

    private static Measurement NoKnowledge(Threshold threshold) => new(
        threshold, null, "no task is gateable: the dense model does not answer clearly above chance anywhere, so there is no knowledge whose loss could be measured",
        "GATE2006", "Check the dense model, its tokenizer and the prompts; use tasks the dense model can do.");

    private static Measurement Unknown(Threshold threshold, IReadOnlyList<string> known) => new(
        threshold, null, $"there is no metric '{threshold.Metric}' here; expected one of {string.Join(", ", known)}");
}
