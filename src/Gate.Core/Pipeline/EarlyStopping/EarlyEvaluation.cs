using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.SrCr;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>
/// Asks the candidate in a seeded random order, a few items of each cluster at a time, and stops as soon as the verdict is shown. The answers that count end
/// with the step that decided, so that the result does not depend on how many are asked together.
/// </summary>
internal sealed class EarlyEvaluation(
    RunContext context, GateConfiguration configuration, JudgedModel candidate, ImmutableArray<AskedTask> tasks,
    ImmutableDictionary<string, ImmutableArray<ItemResult>> dense, CompressionMeasures? compression, int ratchets)
{
    private const int ItemsAtOnce = 32;

    private readonly Dictionary<string, Dictionary<string, ItemResult>> _dense = tasks.ToDictionary(
        task => task.Definition.Name, task => dense[task.Definition.Name].ToDictionary(result => result.ItemId, StringComparer.Ordinal), StringComparer.Ordinal);

    private readonly Dictionary<string, Dictionary<string, ItemResult>> _answers = tasks.ToDictionary(
        task => task.Definition.Name, _ => new Dictionary<string, ItemResult>(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Asks until the verdict is shown or no item is left.</summary>
    public EarlyAnswers Run()
    {
        if (EarlyRules.Of(configuration.Thresholds, tasks) is not { } watching || configuration.Decision.Rule == "point")
        {
            context.Note(
                "GATE2031", Severity.Note, configuration.Decision.Rule == "point"
                    ? "decision.earlyStop has no effect: the point rule is about all items"
                    : "decision.earlyStop has no effect: no configured threshold can be decided before the end (a task's retention and maxForgotten can)");
            return new EarlyAnswers(tasks, dense, SuiteEvaluation.Evaluate(context, "candidate", candidate, tasks), null);
        }

        return context.Phase("evaluate candidate", "asking the candidate in random order until the verdict is shown", () =>
        {
            EarlyAnswers answers = Ask(watching);
            int asked = answers.Tasks.Sum(task => task.Items.Length);
            int all = tasks.Sum(task => task.Items.Length);
            if (answers.Early!.Stopped)
                context.Note("GATE2032", Severity.Note, $"the verdict was shown after {answers.Early.Items} of {all} items; the others were not asked");
            return (answers, $"candidate: {asked} of {all} questions answered");
        });
    }

    private EarlyAnswers Ask(EarlyRules watching)
    {
        EarlyOrder order = EarlyOrder.Of(watching.Tasks, configuration.Suite.Seed, watching.Pooled);
        var engine = new EarlyStoppingEngine(
            watching.Planned(order, dense), configuration.Thresholds.Length + ratchets, configuration.Decision.Confidence);
        Dictionary<string, ItemResultEntries> entries = tasks.ToDictionary(
            task => task.Definition.Name, task => context.Items.Open(candidate.Identity, task.Definition), StringComparer.Ordinal);
        try
        {
            Dictionary<string, HashSet<string>> seen = tasks.ToDictionary(task => task.Definition.Name, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
            foreach (AskedRound[] together in Together(order.Rounds))
            {
                foreach (IGrouping<AskedTask, (AskedTask Task, TaskItem Item)> part in together.SelectMany(round => round.NewItems).GroupBy(each => each.Task))
                    AskPart(part.Key, part.Select(each => each.Item), entries[part.Key.Definition.Name]);
                foreach (AskedRound round in together)
                {
                    int before = engine.Items;
                    foreach ((AskedTask task, TaskItem item) in round.NewItems)
                        seen[task.Definition.Name].Add(item.Id);
                    EarlyDecision decision = engine.Observe(new EarlyRound(round.Pass, [.. round.Clusters.Select(cluster => Seen(cluster, round.Until))], round.NewItems.Count()));
                    if (engine.Items > before && decision != EarlyDecision.Continue && Shown(decision, seen, engine) is { } stopped)
                        return stopped;
                }

                context.Progress?.Report(new PhaseProgress("evaluate candidate", "candidate", engine.Items, tasks.Sum(task => task.Items.Length)));
            }

            foreach (AskedTask task in tasks)
                AskPart(task, task.Items.Where(item => !seen[task.Definition.Name].Contains(item.Id)), entries[task.Definition.Name]);
        }
        finally
        {
            foreach (ItemResultEntries each in entries.Values)
                each.Dispose();
        }

        return Answers(tasks, engine.Outcome(stopped: false));
    }

    private EarlyCluster Seen(AskedCluster cluster, int items) =>
        new(cluster.Task.Definition.Name, cluster.Items.Length, Pairs(cluster.Task, [.. cluster.Items.Take(items)]));

    private void AskPart(AskedTask task, IEnumerable<TaskItem> items, ItemResultEntries entries)
    {
        AskedTask part = task with { Items = [.. items] };
        foreach (ItemResult result in SuiteEvaluation.Ask(context, "candidate", candidate, part, entries).Answers)
            _answers[task.Definition.Name][result.ItemId] = result;
    }

    // The evidence alone does not end a run: the whole verdict on what was seen must say the same (a task may turn out not to be gateable).
    private EarlyAnswers? Shown(EarlyDecision decision, Dictionary<string, HashSet<string>> seen, EarlyStoppingEngine engine)
    {
        EarlyAnswers answers = Answers(
            [.. tasks.Select(task => task with { Items = [.. task.Items.Where(item => seen[task.Definition.Name].Contains(item.Id))] })], engine.Outcome(stopped: true));
        PairedTask[] pairs = [.. answers.Tasks.Select(task => new PairedTask(
            task.Definition.Name, task.Definition.Measure.IsLoss, configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1),
            [.. Pairs(task, task.Items)]))];
        VerdictState state = VerdictEngine.Judge(pairs, configuration.Thresholds, configuration.Decision, compression, answers.Early).Verdict.State;
        return state == (decision == EarlyDecision.Fail ? VerdictState.Fail : VerdictState.Pass) ? answers : null;
    }

    private EarlyAnswers Answers(ImmutableArray<AskedTask> asked, EarlyOutcome outcome) => new(
        asked,
        asked.ToImmutableDictionary(task => task.Definition.Name, task => Chosen(_dense, task), StringComparer.Ordinal),
        asked.ToImmutableDictionary(task => task.Definition.Name, task => Chosen(_answers, task), StringComparer.Ordinal),
        outcome);

    private static ImmutableArray<ItemResult> Chosen(Dictionary<string, Dictionary<string, ItemResult>> results, AskedTask task) =>
        [.. task.Items.Select(item => results[task.Definition.Name][item.Id])];

    private ImmutableArray<PairedItem> Pairs(AskedTask task, ImmutableArray<TaskItem> items)
    {
        AskedTask part = task with { Items = items };
        return ItemPairs.Pair(part, 1, ItemPairs.Records(part, Chosen(_dense, part), Chosen(_answers, part))).Items;
    }

    // Whole steps until there are enough items to fill the engine's passes.
    private static IEnumerable<AskedRound[]> Together(ImmutableArray<AskedRound> rounds)
    {
        List<AskedRound> together = [];
        int items = 0;
        foreach (AskedRound round in rounds)
        {
            together.Add(round);
            items += round.NewItems.Count();
            if (items < ItemsAtOnce)
                continue;
            yield return [.. together];
            together.Clear();
            items = 0;
        }

        if (together.Count > 0)
            yield return [.. together];
    }
}
