using Gate.Core.Verdicts.Rules;
using Gate.Core.Verdicts.SrCr;
using Gate.Core.Verdicts.Tasks;
using Gate.Results;

namespace Gate.Core.Verdicts.Suite;

/// <summary>The suite's numbers for the report.</summary>
internal static class SuiteSummary
{
    /// <summary>Builds the result; without any gateable task there is no Sr.</summary>
    public static SuiteResult Of(
        IReadOnlyList<TaskSummary> tasks, SuiteSample? suite, Evidence? retention, SrCrFormula formula, CompressionMeasures? size, double level,
        double? limit)
    {
        bool sizeKnown = size is not null && double.IsFinite(size.TheoreticalCompressionRate)
            && (!formula.NeedsSparsityAndBits || (size.Sparsity is not null && size.Bits is not null));
        Estimate? sr = retention?.Estimate(level, limit);
        return new SuiteResult
        {
            SemanticRetention = sr,
            SemanticRetentionUncapped = suite?.Uncapped,
            SrCr = sr is not null && sizeKnown
                ? new Estimate(formula.Value(sr.Value, size!), formula.Value(sr.Lower, size!), formula.Value(sr.Upper, size!)) : null,
            FormulaId = formula.Id,
            Formula = formula.Formula,
            Items = tasks.Sum(task => task.Sample.Count),
            IncludedTasks = [.. tasks.Where(task => task.InSuite).Select(task => task.Sample.Name)],
            ExcludedTasks = [.. tasks.Where(task => !task.InSuite).Select(task => new ExcludedTask(task.Sample.Name, Reason(task)))],
        };
    }

    private static string Reason(TaskSummary task) =>
        task.NotGateable
        ?? (task.Sample.IsPerplexity ? "perplexity is on another scale than right answers and has its own threshold" : "its weight is 0");
}
