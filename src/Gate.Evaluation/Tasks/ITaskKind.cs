using System.Collections.Immutable;
using Gate.Evaluation.Data;
using Gate.Evaluation.Scoring;
using Gate.Models.Inference;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tasks;

/// <summary>What a kind of task is: how items come from data, and how a model is asked them. One implementation per kind, registered in <see cref="TaskKinds"/>.</summary>
internal interface ITaskKind
{
    /// <summary>The kind.</summary>
    TaskKind Kind { get; }

    /// <summary>Its name in task files.</summary>
    string Name { get; }

    /// <summary>Metrics that can decide, the default first.</summary>
    ImmutableArray<string> Metrics { get; }

    /// <summary>Keys of task files that only some kinds have.</summary>
    ImmutableArray<string> Keys { get; }

    /// <summary>Raised whenever the same task, items and model could give another result than before; part of the definition's hash.</summary>
    int Revision { get; }

    /// <summary>Whether its prompts ask something, so that they can be a user's turn of a conversation; a text to be continued is none.</summary>
    bool AsksQuestions { get; }

    /// <summary>The answer that stands behind the prompt in a few-shot example.</summary>
    /// <param name="record">The example.</param>
    /// <param name="fields">Names of its fields.</param>
    string ExampleAnswer(DataRecord record, TaskFields fields);

    /// <summary>All items of the task's data in file order.</summary>
    /// <param name="task">The task.</param>
    /// <param name="tokenizer">The models' tokenizer, or null when none is known.</param>
    /// <param name="excluded">Receives what cannot be asked, and why.</param>
    IReadOnlyList<TaskItem> ReadItems(TaskDefinition task, Tokenizer? tokenizer, ICollection<ExcludedItem> excluded);

    /// <summary>What the model is given for an item, in tokens.</summary>
    /// <param name="task">The task.</param>
    /// <param name="item">The item.</param>
    /// <param name="encoding">How prompts become tokens.</param>
    IReadOnlyList<AskedSequence> Show(TaskDefinition task, TaskItem item, PromptEncoding encoding);

    /// <summary>Asks a batch; one result per item, in order.</summary>
    IReadOnlyList<ItemResult> Ask(TaskDefinition task, IReadOnlyList<TaskItem> items, ILanguageModel model, CancellationToken cancellationToken);
}
