using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>The scores of one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tasks">Each task's score, in suite order.</param>
public sealed record ModelScores(ModelInfo Model, ImmutableArray<TaskScore> Tasks);

/// <summary>One model on one task.</summary>
/// <param name="Name">Task name.</param>
/// <param name="Protocol">Protocol id and version.</param>
/// <param name="Metric">The metric that decides.</param>
/// <param name="Score">Its mean, or the perplexity.</param>
/// <param name="Chance">Mean chance level.</param>
/// <param name="Items">Items asked.</param>
/// <param name="Invalid">Items whose answer could not be used.</param>
/// <param name="OtherMetrics">Means of the other metrics by name.</param>
public sealed record TaskScore(
    string Name, string Protocol, string Metric, double Score, double Chance, int Items, int Invalid,
    ImmutableSortedDictionary<string, double> OtherMetrics);

/// <summary>Scores one model on a suite.</summary>
public static class ModelScoring
{
    /// <summary>Asks the model all questions of the suite.</summary>
    /// <exception cref="GateException">Exit 2 for tasks, exit 4 for inputs.</exception>
    public static ModelScores Score(SuiteOptions suite, NamedPath path, RunContext context)
    {
        AskedTask.Definitions(suite);
        using JudgedModel model = JudgedModel.Open(context, path);
        if (model.Tokenizer is null)
        {
            throw GateException.Input(
                "GATE3103", $"the model '{path.Portable}' has no tokenizer.json, so no question can be put to it", remedy: "add the model's tokenizer.json");
        }

        ImmutableArray<AskedTask> tasks = AskedTask.Load(suite, model);
        ChatAccount.Tell(suite, model, tasks, context);
        AskedTask.TellExcluded(tasks, context);
        ImmutableDictionary<string, ImmutableArray<ItemResult>> answers = SuiteEvaluation.Evaluate(context, "model", model, tasks);
        return new ModelScores(model.Describe(), [.. tasks.Select(task => ScoreOf(task, answers[task.Definition.Name]))]);
    }

    private static TaskScore ScoreOf(AskedTask task, ImmutableArray<ItemResult> results) => new(
        task.Definition.Name, task.Definition.Protocol, task.Definition.Metric,
        task.Definition.Measure.IsLoss ? SummaryMetrics.Perplexity(results) : SummaryMetrics.Mean(results),
        task.Items.Average(item => item.Chance), results.Length, results.Count(result => result.Invalid),
        results.SelectMany(result => result.Metrics.Keys).Distinct(StringComparer.Ordinal)
            .ToImmutableSortedDictionary(name => name, name => SummaryMetrics.Mean(results, name), StringComparer.Ordinal));
}
