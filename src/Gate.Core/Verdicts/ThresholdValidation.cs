using System.Collections.Immutable;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Diagnostics;

namespace Gate.Core.Verdicts;

/// <summary>Finds thresholds and decision options that cannot mean what they say, before anything is run.</summary>
public static class ThresholdValidation
{
    /// <summary>All errors, in configuration order; empty when the thresholds make sense.</summary>
    /// <param name="thresholds">The configured thresholds.</param>
    /// <param name="taskNames">Names of the suite's tasks, or null when they are not known yet.</param>
    /// <param name="options">How to decide, or null for the defaults.</param>
    public static ImmutableArray<Diagnostic> Check(
        IReadOnlyList<Threshold> thresholds, IReadOnlyCollection<string>? taskNames = null, DecisionOptions? options = null)
    {
        options ??= new DecisionOptions();
        ImmutableArray<Diagnostic>.Builder found = ImmutableArray.CreateBuilder<Diagnostic>();
        found.AddRange(CheckOptions(options));
        HashSet<(string?, string)> seen = [];
        foreach (Threshold threshold in thresholds)
        {
            IReadOnlyList<string> known = threshold.Task is null ? RuleMetrics.ForSuite : RuleMetrics.ForTask;
            if (!known.Contains(threshold.Metric, StringComparer.Ordinal))
            {
                found.Add(Error("GATE2021", threshold, $"there is no threshold '{threshold.Metric}' for {(threshold.Task is null ? "the suite" : "a task")}; expected one of {string.Join(", ", known)}",
                    Suggest(threshold.Metric, known)));
                continue;
            }

            if (threshold.Task is string task && taskNames is not null && !taskNames.Contains(task, StringComparer.Ordinal))
                found.Add(Error("GATE2022", threshold, $"there is no task '{task}' in the suite; it has {(taskNames.Count == 0 ? "none" : string.Join(", ", taskNames))}", Suggest(task, taskNames)));
            if (!seen.Add((threshold.Task, threshold.Metric)))
                found.Add(Error("GATE2023", threshold, "the threshold is configured twice", "Keep one of the two."));
            if (LimitProblem(threshold, options) is Diagnostic problem)
                found.Add(problem);
        }

        if (thresholds.FirstOrDefault(threshold => threshold.Task is null && threshold.Metric == RuleMetrics.SrCr) is Threshold srcr
            && !thresholds.Any(threshold => threshold.Metric == RuleMetrics.Retention))
        {
            found.Add(Error("GATE2024", srcr, "an SrCr threshold stands without a retention floor; SrCr trades knowledge for bytes and would accept any loss that saves enough",
                "Add thresholds.retention, for example 0.95."));
        }

        return found.ToImmutable();
    }

    /// <summary>Throws for the first option that is out of range.</summary>
    /// <exception cref="GateException">GATE2020 or GATE2025, exit 2.</exception>
    internal static void RequireUsable(DecisionOptions options)
    {
        if (CheckOptions(options).FirstOrDefault() is Diagnostic problem)
            throw new GateException(problem, ExitCode.InvalidUsage);
    }

    private static IEnumerable<Diagnostic> CheckOptions(DecisionOptions options)
    {
        if (options.Rule is not ("confidence" or "point"))
            yield return Option("decision.rule", options.Rule, "confidence or point", Suggest(options.Rule, ["confidence", "point"]));
        if (options.OnInconclusive is not ("fail" or "warn"))
            yield return Option("decision.onInconclusive", options.OnInconclusive, "fail or warn", Suggest(options.OnInconclusive, ["fail", "warn"]));
        if (options.UnseenClusters is not (DecisionOptions.RefuseUnseen or DecisionOptions.AcceptUnseen))
            yield return Option("decision.unseenClusters", options.UnseenClusters, "refuse or accept", Suggest(options.UnseenClusters, ["refuse", "accept"]));
        if (!(options.Confidence > 0.5 && options.Confidence < 1))
            yield return Option("decision.confidence", NumberText.Exact(options.Confidence), "a number above 0.5 and below 1", Fraction(options.Confidence) ?? "Write 0.95.");
        if (!(options.MaximumInvalidShare >= 0 && options.MaximumInvalidShare < 1))
            yield return Option("the allowed share of invalid outcomes", NumberText.Exact(options.MaximumInvalidShare), "a number from 0 to below 1", "Write 0.01.");
        if (!(options.GateableMargin >= 0 && options.GateableMargin < 1))
            yield return Option("the margin above chance", NumberText.Exact(options.GateableMargin), "a number from 0 to below 1", "Write 0.02.");
        if (options.Resamples is < 100 or > 10_000_000)
            yield return Option("the number of resamples", options.Resamples.ToString(System.Globalization.CultureInfo.InvariantCulture), "100 to 10000000", "Write 10000.");
        if (!SrCrFormulas.All.Any(formula => formula.Id == options.SrCrFormula))
            yield return SrCrFormulas.Unknown(options.SrCrFormula);
    }

    private static Diagnostic? LimitProblem(Threshold threshold, DecisionOptions options)
    {
        double limit = threshold.Limit;
        string found = NumberText.Exact(limit);
        if (threshold.Metric == RuleMetrics.PerplexityRatio)
        {
            return limit >= 1 && double.IsFinite(limit) ? null : Error("GATE2020", threshold,
                $"the limit is {found}, expected a ratio of candidate to dense perplexity of 1 or more: a compressed model is not required to be better than the dense one",
                "Write for example 1.15.");
        }

        if (threshold.Metric == RuleMetrics.MaxForgotten)
        {
            if (limit > 0 && limit < 1)
                return null;
            return limit == 0 && options.Rule == "point" ? null : Error("GATE2020", threshold,
                limit == 0
                    ? "the limit is 0, and no number of items can show that nothing at all is forgotten; expected a share above 0 and below 1"
                    : $"the limit is {found}, expected a share above 0 and below 1",
                Fraction(limit) ?? "Write for example 0.05.");
        }

        return limit > 0 && limit <= 1 ? null
            : Error("GATE2020", threshold, $"the limit is {found}, expected a share above 0 and at most 1", Fraction(limit) ?? "Write for example 0.95.");
    }

    // 95 was meant as 0.95.
    private static string? Fraction(double value) =>
        value > 1 && value <= 100 ? $"Write {NumberText.Exact(value / 100)} if {NumberText.Exact(value)} % was meant." : null;

    private static string Suggest(string name, IEnumerable<string> known) =>
        NearestName.Find(name, known) is string near ? $"Write '{near}'." : "Correct the name or remove the threshold.";

    private static Diagnostic Error(string code, Threshold threshold, string message, string remedy) =>
        new(code, Severity.Error, $"{threshold.Key}: {message}", threshold.Location, remedy);

    private static Diagnostic Option(string name, string found, string expected, string remedy) =>
        new("GATE2020", Severity.Error, $"{name} is {found}, expected {expected}", null, remedy);
}
