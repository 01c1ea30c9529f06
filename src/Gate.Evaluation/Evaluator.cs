using Gate.Evaluation.Forms;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Evaluation;

/// <summary>Asks a model the questions of a task.</summary>
public static class Evaluator
{
    /// <summary>Items asked together: enough to fill the engine's passes, few enough that little is lost when a run is interrupted.</summary>
    public const int BatchItems = 128;

    /// <summary>One result per item, in the order of <paramref name="items"/>, none depending on which others are asked.</summary>
    /// <param name="task">The task.</param>
    /// <param name="items">Items of the task.</param>
    /// <param name="model">The model; it must have a tokenizer.</param>
    /// <param name="finished">Told each batch of finished results as soon as it is there, so that a caller can keep it.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: the model cannot answer this kind of task.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what <paramref name="finished"/> was told is complete.</exception>
    public static IReadOnlyList<ItemResult> Evaluate(
        TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model,
        Action<IReadOnlyList<ItemResult>>? finished = null, CancellationToken cancellationToken = default)
    {
        ITaskForm form = TaskForms.Of(task.Kind);
        List<ItemResult> results = new(items.Count);
        foreach (TaskItem[] batch in items.Chunk(BatchItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<ItemResult> answered = form.Ask(task, batch, model, cancellationToken);
            results.AddRange(answered);
            finished?.Invoke(answered);
        }

        return results;
    }
}
