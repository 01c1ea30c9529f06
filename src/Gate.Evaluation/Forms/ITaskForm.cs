using System.Collections.Immutable;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Forms;

/// <summary>How items are asked: how they come from rows, what a model is given, what it is asked for. One implementation per form, registered in <see cref="TaskForms"/>.</summary>
internal interface ITaskForm
{
    /// <summary>Its name in task files, under <c>kind</c>.</summary>
    string Name { get; }

    /// <summary>The metrics it can work out, the default first.</summary>
    ImmutableArray<Metric> Metrics { get; }

    /// <summary>Names of those that are worked out for every item unless the task file says otherwise.</summary>
    ImmutableArray<string> Reported { get; }

    /// <summary>Keys of task files that only some forms have.</summary>
    ImmutableArray<TaskKey> Keys { get; }

    /// <summary>What a task of this form has where its file is silent.</summary>
    TaskSettings Defaults { get; }

    /// <summary>Raised whenever the same task, items and model could give another result than before; part of the definition's hash.</summary>
    int Revision { get; }

    /// <summary>Whether it has a prompt with fields, so that it may have examples.</summary>
    bool IsPrompted { get; }

    /// <summary>Whether its prompts ask something, so that they can be a user's turn of a conversation; a text to be continued is none.</summary>
    bool AsksQuestions { get; }

    /// <summary>Whether the tokenizer's special tokens stand in its prompts unless the task file says otherwise.</summary>
    bool AddsSpecialTokens { get; }

    /// <summary>Roles of fields that it reads besides those of every form, with the field of a task.</summary>
    IEnumerable<(string Role, string Field)> Roles(TaskFields fields);

    /// <summary>Refuses keys that do not go together.</summary>
    /// <param name="file">The task file.</param>
    /// <param name="task">The task as read so far.</param>
    void Check(KeyedObject file, TaskDefinition task);

    /// <summary>The prompt of a few-shot example, and what stands behind it as its answer.</summary>
    /// <param name="task">The task.</param>
    /// <param name="record">The example.</param>
    (string Prompt, string Answer) Example(TaskDefinition task, DataRecord record);

    /// <summary>All items of the task's data in file order.</summary>
    /// <param name="task">The task.</param>
    /// <param name="tokenizer">The models' tokenizer, or null when none is known.</param>
    /// <param name="excluded">Receives what cannot be asked, and why.</param>
    IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded);

    /// <summary>What is asked of a model for an item, as texts: contexts and continuations.</summary>
    IReadOnlyList<(string Context, string? Continuation)> Requests(TaskDefinition task, TaskItem item);

    /// <summary>What the model is given for an item, in tokens.</summary>
    /// <param name="task">The task.</param>
    /// <param name="item">The item.</param>
    /// <param name="encoding">How prompts become tokens.</param>
    IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding);

    /// <summary>Asks a batch; one result per item, in order.</summary>
    IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken);

    /// <summary>About how many characters a model is given or says behind an item's prompt.</summary>
    int AnswerCharacters(TaskDefinition task, TaskItem item);
}
