using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Results;

namespace Gate.Core.Baselines;

/// <summary>Makes a baseline from a finished run that passed.</summary>
public static class BaselineUpdate
{
    /// <summary>The baseline of a run.</summary>
    /// <param name="results">Its results.</param>
    /// <param name="items">Its items.</param>
    /// <param name="earlier">The baseline that is replaced, or null: its first candidate stays the first of the chain on every task whose questions are the same.</param>
    /// <exception cref="GateException">Exit 1: a rule of the run does not hold, so that its candidate is not accepted. Exit 4: results and items do not
    /// belong together.</exception>
    public static Baseline Of(GateResults results, IReadOnlyCollection<ItemRecord> items, Baseline? earlier)
    {
        // A missing or outdated baseline is what an update is for; every other rule must hold.
        RuleResult? broken = results.Verdict.Rules.FirstOrDefault(rule =>
            rule.State != VerdictState.Pass && !(rule.Key is RatchetRule.Key or RatchetRule.TotalKey && rule.State == VerdictState.NotMeasured));
        if (broken is not null || !results.Verdict.Rules.Any(rule => rule.State == VerdictState.Pass))
        {
            throw new GateException(
                new Diagnostic(
                    "GATE2033", Severity.Error, $"the run did not pass, so its candidate cannot become the baseline: {results.Verdict.Summary}", null,
                    "run 'gate run' until it passes, then 'gate baseline update'"),
                ExitCode.Breached);
        }

        Baseline? chain = earlier?.Tokenizer == results.Candidate.TokenizerHash ? earlier : null;
        BaselineTask[] tasks = [.. results.Tasks.Select(task => Describe(task, [.. items.Where(item => item.Task == task.Name)], chain))];
        return new Baseline
        {
            Format = "gate-baseline",
            Version = 1,
            RunKey = results.Run.RunKey,
            GateVersion = results.Run.GateVersion,
            DenseWeights = results.Dense.WeightsHash,
            CandidateWeights = results.Candidate.WeightsHash,
            Tokenizer = results.Candidate.TokenizerHash,
            Retention = Finite(results.Suite.SemanticRetention?.Value),
            FirstCandidateWeights = tasks.Any(task => task.First is not null) ? chain!.FirstCandidateWeights ?? chain.CandidateWeights : null,
            Tasks = [.. tasks],
        };
    }

    private static BaselineTask Describe(TaskResult task, ImmutableArray<ItemRecord> items, Baseline? chain)
    {
        if (items.Length != task.Items || items.Select(item => item.Id).Distinct(StringComparer.Ordinal).Count() != items.Length)
        {
            throw GateException.Input(
                "GATE3107", $"items.jsonl has {items.Length} items of task '{task.Name}', results.json {task.Items}: they are not of the same run",
                remedy: "run 'gate run' again");
        }

        BaselineTask? old = chain?.Tasks.FirstOrDefault(other =>
            other.Name == task.Name && other.Definition == task.Prompt.TemplateHash && other.Data == task.Prompt.DataHash && other.Items == task.Items);
        return new BaselineTask(
            task.Name, task.Prompt.TemplateHash, task.Prompt.DataHash, task.Items, Finite(task.DenseScore) ?? 0, Finite(task.CandidateScore) ?? 0,
            RatchetRule.IsRightOrWrong(task, items) ? OutcomeBits.Write([.. RatchetRule.Ordered(items).Select(RatchetRule.IsRight)]) : null,
            old?.First ?? old?.Right);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
