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
/// Asks the candidate in a seeded random order of whole clusters and stops as soon as the verdict is shown. The answers that count end with the cluster
/// that decided, so that the result does not depend on how many are asked together.
/// </summary>
internal sealed class EarlyEvaluation(
    RunContext context, GateConfiguration configuration, JudgedModel candidate, ImmutableArray<AskedTask> tasks,
    ImmutableDictionary<string, ImmutableArray<ItemResult>> dense, CompressionMeasures? compression)
{
    private const int RoundItems = 32;

    private readonly Dictionary<string, Dictionary<string, ItemResult>> _dense = tasks.ToDictionary(
        task => task.Definition.Name, task => dense[task.Definition.Name].ToDictionary(result => result.ItemId, StringComparer.Ordinal), StringComparer.Ordinal);

    private readonly Dictionary<string, Dictionary<string, ItemResult>> _answers = tasks.ToDictionary(
        task => task.Definition.Name, _ => new Dictionary<string, ItemResult>(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Asks until the verdict is shown or no item is left.</summary>
    public EarlyAnswers Run()
    {
        ImmutableArray<EarlyRule> rules = EarlyRules.Of(configuration.Thresholds, tasks, dense);
        if (rules.IsEmpty || configuration.Decision.Rule == "point")
        {
            context.Note(
                "GATE2031", Severity.Note, configuration.Decision.Rule == "point"
                    ? "decision.earlyStop has no effect: the point rule is about all items"
                    : "decision.earlyStop has no effect: no configured threshold can be decided before the end (a task's retention and maxForgotten can)");
            return new EarlyAnswers(tasks, dense, SuiteEvaluation.Evaluate(context, "candidate", candidate, tasks), null);
        }

        return context.Phase("evaluate candidate", "asking the candidate in random order until the verdict is shown", () =>
        {
            EarlyAnswers answers = Ask(rules);
            int asked = answers.Tasks.Sum(task => task.Items.Length);
            int all = tasks.Sum(task => task.Items.Length);
            if (answers.Early!.Stopped)
                context.Note("GATE2032", Severity.Note, $"the verdict was shown after {answers.Early.Items} of {all} items; the others were not asked");
            return (answers, $"candidate: {asked} of {all} questions answered");
        });
    }

    private EarlyAnswers Ask(ImmutableArray<EarlyRule> rules)
    {
        AskedTask[] watched = [.. tasks.Where(task => rules.Any(rule => EarlyRules.IsWatched(rule.Threshold, task)))];
        ImmutableArray<AskedCluster> order = EarlyOrder.Of(watched, configuration.Suite.Seed, rules.Any(rule => rule.Threshold.Task is null));
        var engine = new EarlyStoppingEngine(rules, configuration.Thresholds.Length + (configuration.Baseline.IsRatchet ? 1 : 0), configuration.Decision.Confidence);
        Dictionary<string, ItemResultEntries> entries = watched.ToDictionary(
            task => task.Definition.Name, task => context.Items.Open(candidate.Identity, task.Definition), StringComparer.Ordinal);
        try
        {
            Dictionary<string, HashSet<string>> seen = tasks.ToDictionary(task => task.Definition.Name, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
            foreach (AskedCluster[] round in Rounds(order))
            {
                foreach (IGrouping<AskedTask, AskedCluster> part in round.GroupBy(cluster => cluster.Task))
                    AskPart(part.Key, part.SelectMany(cluster => cluster.Items), entries[part.Key.Definition.Name]);
                foreach (AskedCluster cluster in round)
                {
                    string name = cluster.Task.Definition.Name;
                    seen[name].UnionWith(cluster.Items.Select(item => item.Id));
                    EarlyDecision decision = engine.Observe(name, Pairs(cluster.Task, cluster.Items));
                    if (decision != EarlyDecision.Continue && Shown(decision, seen, engine) is { } stopped)
                        return stopped;
                }

                context.Progress?.Report(new PhaseProgress("evaluate candidate", "candidate", engine.Items, order.Sum(cluster => cluster.Items.Length)));
            }
        }
        finally
        {
            foreach (ItemResultEntries each in entries.Values)
                each.Dispose();
        }

        foreach (AskedTask task in tasks.Except(watched))
        {
            using ItemResultEntries rest = context.Items.Open(candidate.Identity, task.Definition);
            AskPart(task, task.Items, rest);
        }

        return Answers(tasks, engine.Outcome(stopped: false));
    }

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
            task.Definition.Name, task.Definition.Kind == TaskKind.Perplexity, configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1),
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

    // Whole clusters until a round has enough items to fill the engine's passes.
    private static IEnumerable<AskedCluster[]> Rounds(ImmutableArray<AskedCluster> order)
    {
        List<AskedCluster> round = [];
        foreach (AskedCluster cluster in order)
        {
            round.Add(cluster);
            if (round.Sum(each => each.Items.Length) < RoundItems)
                continue;
            yield return [.. round];
            round.Clear();
        }

        if (round.Count > 0)
            yield return [.. round];
    }
}
