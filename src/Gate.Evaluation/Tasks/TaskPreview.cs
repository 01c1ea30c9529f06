using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Prompting;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tasks;

/// <summary>A task as it will be asked, shown on one of its items.</summary>
/// <param name="Task">The task, as a conversation where it is asked so.</param>
/// <param name="Items">Number of items; 0 for perplexity without a tokenizer, which alone knows the windows.</param>
/// <param name="ItemId">The item's id, or null.</param>
/// <param name="Prompt">Its prompt as the model sees it, special tokens of the chat template included; for perplexity the beginning of the text.</param>
/// <param name="Expected">The accepted answers.</param>
/// <param name="Choices">The choices or candidates, if any.</param>
/// <param name="Chance">Mean chance level over the items.</param>
/// <param name="Frame">The frame of the conversation, or null when the item is asked as a plain prompt.</param>
/// <param name="Sequences">What the model is given in tokens; empty without a tokenizer.</param>
public sealed record TaskPreview(
    TaskDefinition Task, int Items, string? ItemId, string Prompt, ImmutableArray<string> Expected, ImmutableArray<string> Choices, double Chance,
    ChatFrame? Frame, ImmutableArray<AskedSequence> Sequences)
{
    private const int ShownCharacters = 400;

    /// <summary>Reads the task's data and shows one of its items.</summary>
    /// <param name="task">The task.</param>
    /// <param name="tokenizer">A model's tokenizer, or null when none is at hand.</param>
    /// <param name="frame">How questions are put as a conversation, or null for plain prompts.</param>
    /// <param name="example">Which item, counted from 1 in the order of the data.</param>
    /// <exception cref="GateException">Exit 4: the data are not as expected, or the chat template does not take the prompt. Exit 2: there is no such item.</exception>
    public static TaskPreview Create(TaskDefinition task, Tokenizer? tokenizer = null, ChatFrame? frame = null, int example = 1)
    {
        if (!TaskForms.Of(task.Kind).IsPrompted && tokenizer is null)
        {
            if (example != 1)
            {
                throw GateException.Usage(
                    "GATE1010", $"the windows of '{task.Name}' are known only with a tokenizer, so there is no item {example} yet", null, "name a model folder with --model");
            }

            string text = Windows.TextOf(task);
            return new TaskPreview(task, 0, null, text[..Math.Min(text.Length, ShownCharacters)], [], [], 0, null, []);
        }

        ItemSelection selection = TaskCatalogue.SelectItems(task, null, 0, tokenizer);
        if (example < 1 || example > selection.Items.Length)
        {
            throw GateException.Usage(
                "GATE1010", $"the task '{task.Name}' has {selection.Items.Length} items, found --example {example}", null, $"name an item from 1 to {selection.Items.Length}");
        }

        ChatFrame? used = frame is not null && ChatFrame.Takes(task) ? frame : null;
        TaskDefinition asked = used?.Apply(task) ?? task;
        TaskItem shown = selection.Items[example - 1];
        shown = used is null ? shown : used.Apply(task, [shown])[0];
        return new TaskPreview(
            asked, selection.Items.Length, shown.Id, shown.Prompt, shown.Answers, shown.Choices, selection.Items.Average(item => item.Chance), used,
            tokenizer is null ? [] : [.. TaskForms.Of(asked.Kind).Show(asked, shown, PromptEncoding.Uncut(asked, tokenizer))]);
    }
}
