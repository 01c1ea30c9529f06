using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Evaluation;

/// <summary>Asks a model the questions of a task.</summary>
public static class Evaluator
{
    /// <summary>One result per item, in the order of <paramref name="items"/>, none depending on which others are asked.</summary>
    /// <param name="task">The task.</param>
    /// <param name="items">Items of the task.</param>
    /// <param name="model">The model; it must have a tokenizer.</param>
    /// <param name="finished">Told each batch of finished results as soon as it is there, so that a caller can keep it.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: the model cannot answer this kind of task.</exception>
    public static IReadOnlyList<ItemResult> Evaluate(
        TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model,
        Action<IReadOnlyList<ItemResult>>? finished = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}
