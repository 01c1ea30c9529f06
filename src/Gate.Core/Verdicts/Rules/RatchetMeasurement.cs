using Gate.Core.Verdicts.Suite;
using Gate.Core.Verdicts.Tasks;

namespace Gate.Core.Verdicts.Rules;

/// <summary>The evidence about a candidate against an earlier one: suite retention with the earlier candidate in the dense model's place.</summary>
internal static class RatchetMeasurement
{
    /// <summary>The measurement of the ratchet's rule.</summary>
    public static Measurement Of(RatchetComparison ratchet, DecisionOptions options)
    {
        if (ratchet.Missing is string missing)
            return new Measurement(ratchet.Threshold, null, missing, Remedy: ratchet.Remedy);
        TaskSummary[] summaries = [.. ratchet.Tasks.Select(task => new TaskSummary(task, options))];
        if (summaries.FirstOrDefault(task => task.Sample.Problem is not null) is { } broken)
            return new Measurement(ratchet.Threshold, null, $"task {broken.Sample.Name} cannot be compared: {broken.Sample.Problem}");
        TaskSummary[] included = [.. summaries.Where(task => task.InSuite)];
        if (included.Length == 0)
            return new Measurement(ratchet.Threshold, null, "the earlier candidate has shown no knowledge that could be lost");
        var suite = new SuiteSample([.. included.Select(task => task.Sample)]);
        return new Measurement(ratchet.Threshold, SuiteEvidence.Retention(suite, options.Seed, options.Resamples) with { What = ratchet.What });
    }
}
