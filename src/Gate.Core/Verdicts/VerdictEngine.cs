using System.Collections.Immutable;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Suite;
using Gate.Core.Verdicts.Tasks;
using Gate.Results;

namespace Gate.Core.Verdicts;

/// <summary>
/// Turns paired items and thresholds into a verdict. Pure: the same inputs give the same value whatever the order of the items and the number of
/// threads.
/// </summary>
public static class VerdictEngine
{
    /// <summary>Judges a run.</summary>
    /// <param name="tasks">The tasks with their pairs, in suite order.</param>
    /// <param name="thresholds">All configured thresholds, in configuration order; each appears in the verdict exactly once.</param>
    /// <param name="options">How to decide.</param>
    /// <param name="compression">The candidate's compression for SrCr, or null when its recipe is unknown.</param>
    /// <param name="early">Evidence of an <see cref="EarlyStoppingEngine"/> that watched the run, or null. It uses up its share of the error
    /// probability; after an early stop it alone decides.</param>
    /// <param name="ratchets">Comparisons with earlier candidates, each one more rule after the thresholds; null for none.</param>
    /// <exception cref="Diagnostics.GateException">GATE2020 or GATE2025 (exit 2): an option is out of range, or names an unknown formula.</exception>
    /// <exception cref="ArgumentException">Early evidence was given with the point rule.</exception>
    public static Judgement Judge(
        IReadOnlyList<PairedTask> tasks, IReadOnlyList<Threshold> thresholds, DecisionOptions options, CompressionMeasures? compression,
        EarlyOutcome? early = null, IReadOnlyList<RatchetComparison>? ratchets = null)
    {
        ThresholdValidation.RequireUsable(options);
        if (early is not null && options.Rule == "point")
            throw new ArgumentException("the point rule is about all items: it cannot be decided early", nameof(early));
        SrCrFormula formula = SrCrFormulas.Find(options.SrCrFormula);
        double level = 1 - options.Confidence;

        TaskSummary[] summaries = ForEach(tasks.Count, i => new TaskSummary(tasks[i], options));
        TaskSummary[] included = [.. summaries.Where(task => task.InSuite)];
        Evidence? retention = null;
        SuiteSample? suite = null;
        if (included.Length > 0)
        {
            suite = new SuiteSample([.. included.Select(task => task.Sample)]);
            retention = SuiteEvidence.Retention(suite, options.Seed, options.Resamples);
        }

        var measurements = new MeasurementFactory(summaries, retention, formula, compression, options);
        Measurement[] measured = [.. thresholds.Select(measurements.For), .. (ratchets ?? []).Select(ratchet => RatchetMeasurement.Of(ratchet, options))];
        ImmutableArray<RuleResult> rules = RuleJudge.Judge(measured, options, early);
        SuiteResult suiteResult = SuiteSummary.Of(summaries, suite, retention, formula, compression, level, LimitOf(thresholds, null));
        return new Judgement(
            [.. ForEach(summaries.Length, i => summaries[i].Statistics(level, LimitOf(thresholds, summaries[i].Sample.Name)))],
            suiteResult,
            VerdictSummary.Of(rules, options, KnowledgeProblem(summaries)),
            [
                .. summaries.SelectMany(task => task.Notes()), .. RestsOnSamples(options, early) ? FewClusters.Notes(measured, rules, level) : [],
                .. options.Rule == "point" ? PointRule.Notes(rules) : [],
            ]);
    }

    // The point rule claims nothing about other questions, and what was shown while the run went on holds whatever the correlation.
    private static bool RestsOnSamples(DecisionOptions options, EarlyOutcome? early) => options.Rule != "point" && early is not { Stopped: true };

    /// <summary>Judges a run whose candidate is known by its theoretical compression rate only.</summary>
    /// <inheritdoc cref="Judge(IReadOnlyList{PairedTask}, IReadOnlyList{Threshold}, DecisionOptions, CompressionMeasures?, EarlyOutcome?, IReadOnlyList{RatchetComparison}?)"/>
    /// <param name="tasks">The tasks.</param>
    /// <param name="thresholds">The thresholds.</param>
    /// <param name="options">How to decide.</param>
    /// <param name="theoreticalCompressionRate">TCr, or null when unknown.</param>
    public static Judgement Judge(
        IReadOnlyList<PairedTask> tasks, IReadOnlyList<Threshold> thresholds, DecisionOptions options, double? theoreticalCompressionRate) =>
        Judge(tasks, thresholds, options, theoreticalCompressionRate is double rate ? new CompressionMeasures(rate) : null);

    // Tasks share nothing, so each may be worked out at the same time as the others.
    private static T[] ForEach<T>(int count, Func<int, T> make)
    {
        var made = new T[count];
        Parallel.For(0, count, i => made[i] = make(i));
        return made;
    }

    private static double? LimitOf(IReadOnlyList<Threshold> thresholds, string? task) =>
        thresholds.FirstOrDefault(threshold => threshold.Task == task && threshold.Metric == RuleMetrics.Retention && double.IsFinite(threshold.Limit))?.Limit;

    // A run whose knowledge tasks all say nothing must not pass on a smoke alarm such as perplexity alone.
    private static string? KnowledgeProblem(TaskSummary[] tasks)
    {
        if (tasks.Length == 0 || Array.TrueForAll(tasks, task => task.Sample.Count == 0))
            return "no items were scored";
        TaskSummary[] knowledge = [.. tasks.Where(task => !task.Sample.IsPerplexity)];
        return knowledge.Length > 0 && Array.TrueForAll(knowledge, task => task.NotGateable is not null)
            ? $"no knowledge task is gateable ({string.Join("; ", knowledge.Select(task => $"{task.Sample.Name}: {task.NotGateable}"))})"
            : null;
    }
}
