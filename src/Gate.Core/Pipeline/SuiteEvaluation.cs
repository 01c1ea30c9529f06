using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Diagnostics;
using Gate.Evaluation;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline;

/// <summary>Asks one model all questions of a suite, those answered before from the cache.</summary>
public static class SuiteEvaluation
{
    /// <summary>Results by task name, each in the order of the task's items.</summary>
    /// <param name="context">The run.</param>
    /// <param name="role">What the model is in this run: <c>dense</c>, <c>candidate</c> or <c>model</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="tasks">The tasks.</param>
    public static ImmutableDictionary<string, ImmutableArray<ItemResult>> Evaluate(
        RunContext context, string role, JudgedModel model, ImmutableArray<AskedTask> tasks)
    {
        int total = tasks.Sum(task => task.Items.Length);
        return context.Phase($"evaluate {role}", $"asking the {(role == "model" ? role : $"{role} model")} {total} questions", () =>
        {
            var results = ImmutableDictionary.CreateBuilder<string, ImmutableArray<ItemResult>>(StringComparer.Ordinal);
            int kept = 0;
            foreach (AskedTask task in tasks)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                (ImmutableArray<ItemResult> answers, int fromCache) = Evaluate(context, role, model, task);
                results.Add(task.Definition.Name, answers);
                kept += fromCache;
            }

            string key = ItemResultCache.KeyOf(model.Identity)[..12];
            return (results.ToImmutable(), kept == 0 ? $"{role}: {total} questions answered" : $"{role}: {kept}/{total} answers from cache (key {key})");
        });
    }

    private static (ImmutableArray<ItemResult> Answers, int FromCache) Evaluate(RunContext context, string role, JudgedModel model, AskedTask task)
    {
        using ItemResultEntries entries = context.Items.Open(model.Identity, task.Definition);
        return Ask(context, role, model, task, entries);
    }

    /// <summary>The answers to a task's items, in their order, and how many of them were kept from before.</summary>
    /// <param name="context">The run.</param>
    /// <param name="role">What the model is in this run.</param>
    /// <param name="model">The model.</param>
    /// <param name="task">The task with the items to ask.</param>
    /// <param name="entries">The kept results of the model on the task.</param>
    internal static (ImmutableArray<ItemResult> Answers, int FromCache) Ask(
        RunContext context, string role, JudgedModel model, AskedTask task, ItemResultEntries entries)
    {
        if (entries.Damaged > 0)
            context.Detail($"cache: {entries.Damaged} damaged or foreign entries of {task.Definition.Name} ignored");
        ItemResult?[] answers = [.. task.Items.Select(entries.Find)];
        int[] missing = [.. Enumerable.Range(0, answers.Length).Where(i => answers[i] is null)];
        int done = answers.Length - missing.Length;
        string what = $"{role} {task.Definition.Name}";
        context.Progress?.Report(new PhaseProgress($"evaluate {role}", what, done, answers.Length));
        if (missing.Length > 0)
        {
            if (context.OnlyKeptAnswers)
            {
                throw GateException.Input(
                    "GATE3132", $"{missing.Length} of {answers.Length} answers of the {role} model to {task.Definition.Name} are in none of the parts (first: {task.Items[missing[0]].Id})",
                    remedy: "name the folders of all parts; they must come from the same configuration, models and build of Gate");
            }

            TaskItem[] questions = [.. missing.Select(i => task.Items[i])];
            Dictionary<string, TaskItem> byId = questions.ToDictionary(item => item.Id, StringComparer.Ordinal);
            IReadOnlyList<ItemResult> asked = Evaluator.Evaluate(task.Definition, questions, model.Load(), Finished, context.CancellationToken);
            for (int i = 0; i < missing.Length; i++)
                answers[missing[i]] = asked[i];

            void Finished(IReadOnlyList<ItemResult> batch)
            {
                if (entries.Keep(batch.Select(result => (byId[result.ItemId], result))) is { } failure)
                    context.CacheFailed(failure);
                done += batch.Count;
                context.Progress?.Report(new PhaseProgress($"evaluate {role}", what, done, answers.Length));
            }
        }

        RefuseTruncated(role, task, answers);
        return ([.. answers.Select(answer => answer!)], answers.Length - missing.Length);
    }

    // A prompt that lost its beginning asks something else; both models would be judged on it without a word.
    private static void RefuseTruncated(string role, AskedTask task, ItemResult?[] answers)
    {
        string[] cut = [.. answers.Where(answer => answer!.Metrics.ContainsKey("prompt_truncated")).Select(answer => answer!.ItemId)];
        if (cut.Length > task.Definition.Settings.MaximumTruncated * answers.Length)
        {
            throw GateException.Input(
                "GATE5039", $"{cut.Length} of {answers.Length} prompts of {task.Definition.Name} are longer than the {role} model can see and were cut on the left (first: {cut[0]})", null,
                "use fewer examples (NAME@2) or a model with a longer context, or set 'maxTruncated' in the task file to the share that may be cut");
        }
    }
}
