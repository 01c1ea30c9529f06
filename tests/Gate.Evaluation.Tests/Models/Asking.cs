using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Evaluation.Tests.Models;

internal static class Asking
{
    /// <summary>The evaluator without callback, stopped when the test run is.</summary>
    public static IReadOnlyList<ItemResult> Ask(this ILanguageModel model, TaskDefinition task, IReadOnlyList<TaskItem> items) =>
        Evaluator.Evaluate(task, items, model, null, TestContext.Current.CancellationToken);
}
