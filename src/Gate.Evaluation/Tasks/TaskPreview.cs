using System.Collections.Immutable;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tasks;

/// <summary>A task as it will be asked, shown on its first item.</summary>
/// <param name="Task">The task.</param>
/// <param name="Items">Number of items; 0 for perplexity without a tokenizer, which alone knows the windows.</param>
/// <param name="ItemId">The first item's id, or null.</param>
/// <param name="Prompt">Its prompt, for perplexity the beginning of the text.</param>
/// <param name="Expected">The accepted answers.</param>
/// <param name="Choices">The choices or candidates, if any.</param>
/// <param name="Chance">Mean chance level over the items.</param>
public sealed record TaskPreview(
    TaskDefinition Task, int Items, string? ItemId, string Prompt, ImmutableArray<string> Expected, ImmutableArray<string> Choices, double Chance)
{
    private const int ShownCharacters = 400;

    /// <summary>Reads the task's data and shows its first item.</summary>
    /// <param name="task">The task.</param>
    /// <param name="tokenizer">A model's tokenizer, or null when none is at hand.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: the data are not as expected.</exception>
    public static TaskPreview Create(TaskDefinition task, Tokenizer? tokenizer = null)
    {
        if (task.Kind == TaskKind.Perplexity && tokenizer is null)
        {
            string text = Data.SourceFile.DecodeText(task.DataPath, Data.SourceFile.ReadData(task.DataPath).Span);
            return new TaskPreview(task, 0, null, text[..Math.Min(text.Length, ShownCharacters)], [], [], 0);
        }

        ItemSelection selection = TaskCatalogue.SelectItems(task, null, 0, tokenizer);
        TaskItem first = selection.Items[0];
        return new TaskPreview(
            task, selection.Items.Length, first.Id, first.Prompt, first.Answers, first.Choices, selection.Items.Average(item => item.Chance));
    }
}
