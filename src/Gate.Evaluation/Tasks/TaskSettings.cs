using System.Collections.Immutable;
using Gate.Evaluation.Extraction;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Sources;

namespace Gate.Evaluation.Tasks;

/// <summary>Which labels a cloze ranks besides the whole vocabulary.</summary>
public enum CandidateSource
{
    /// <summary>The distinct gold labels of the item's cluster (for LAMA: of its relation).</summary>
    Cluster,

    /// <summary>The distinct gold labels of the whole data file.</summary>
    File,

    /// <summary>None: only the ranking over the whole vocabulary is measured.</summary>
    None,
}

/// <summary>Where a cluster's label means the same cluster.</summary>
public enum ClusterScope
{
    /// <summary>In all tasks of the suite: a relation is the same relation whichever task asks about it.</summary>
    Suite,

    /// <summary>In this task only: its labels say nothing about another task's.</summary>
    Task,
}

/// <summary>How a perplexity task reads its text.</summary>
public enum TextMode
{
    /// <summary>The whole file, line feeds included, is one text.</summary>
    File,

    /// <summary>Every line that is not empty is a document of its own.</summary>
    Lines,
}

/// <summary>Where the beginning-of-text token stands in the text of a perplexity task; published perplexities differ by it.</summary>
public enum BosPlacement
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Before the text, and so in the first window alone (the scripts of GPTQ and Wanda).</summary>
    Text,

    /// <summary>Before the tokens of every window, all of which are then scored (as models were trained; llama.cpp puts it in the place of the first).</summary>
    Window,
}

/// <summary>What a kind needs to know of a task besides prompt and metric. Defaults are those of the task file.</summary>
public sealed record TaskSettings
{
    /// <summary>Names of the data fields.</summary>
    public TaskFields Fields { get; init; } = new();

    /// <summary>What the task is repeated over, or null.</summary>
    public TaskEach? Each { get; init; }

    /// <summary>Largest share of rows that may be left out because they cannot be used.</summary>
    public double MaximumExcluded { get; init; } = 0.01;

    /// <summary>Largest share of items whose prompt may be cut on the left to fit the model.</summary>
    public double MaximumTruncated { get; init; }

    /// <summary>Fields made of others: names and templates, in order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Derived { get; init; } = [];

    /// <summary>How an item's chance level is found.</summary>
    public ChanceRule Chance { get; init; } = ChanceRule.OfForm;

    /// <summary>Metrics that are worked out for every item besides the deciding one; empty: those of the form.</summary>
    public ImmutableArray<string> Metrics { get; init; } = [];

    /// <summary>What follows the prompt, where the choices stand in it; null where they follow it.</summary>
    public string? Continuation { get; init; }

    /// <summary>The text whose words or bytes a perplexity is counted by; null: the scored text itself.</summary>
    public string? Original { get; init; }

    /// <summary>Ways of reading an answer, the deciding one by default first.</summary>
    public ImmutableArray<AnswerExtraction> Extractions { get; init; } = [AnswerExtraction.Plain];

    /// <summary>What generated and accepted answers must survive before they are compared.</summary>
    public Normalizer Normalizer { get; init; } = Normalizer.Find("exact/1")!;

    /// <summary>Texts that end a generated answer and are not part of it.</summary>
    public ImmutableArray<string> Stops { get; init; } = ["\n"];

    /// <summary>Most tokens of a generated answer.</summary>
    public int MaximumNewTokens { get; init; } = 8;

    /// <summary>Candidate vocabulary of a cloze.</summary>
    public CandidateSource Candidates { get; init; }

    /// <summary>Where a cluster's label means the same cluster; the automatic clusters of a perplexity task belong to it alone.</summary>
    public ClusterScope ClusterScope { get; init; }

    /// <summary>Tokens of a perplexity window, at least 2.</summary>
    public int Window { get; init; } = 128;

    /// <summary>Where the beginning-of-text token stands in the text of a perplexity task; null: in every window when special tokens are asked for, else nowhere.</summary>
    public BosPlacement? Bos { get; init; }

    /// <summary>How a perplexity task reads its text.</summary>
    public TextMode Text { get; init; }

    /// <summary>Whether the tokenizer's post-processor adds its special tokens; null = as the protocol of the kind says
    /// (yes for prompts, no for perplexity).</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>What stands between a prompt and its answer.</summary>
    public string TargetDelimiter { get; init; } = " ";

    /// <summary>What stands before everything; a template.</summary>
    public string Description { get; init; } = "";

    /// <summary>The few-shot examples.</summary>
    public ShotOptions Shots { get; init; } = new();

    /// <summary>Description and few-shot examples as they stand before every prompt, where they are the same for all items; rendered when the task file is read.</summary>
    public string Preamble { get; init; } = "";
}

/// <summary>How an item's chance level is found.</summary>
/// <param name="Name"><c>form</c> (as the form and the metric say), <c>majority</c> (the share of the most frequent right choice) or <c>fixed</c>.</param>
/// <param name="Level">The level of <c>fixed</c>.</param>
public sealed record ChanceRule(string Name, double Level = 0)
{
    /// <summary>As the form and the metric say.</summary>
    public static ChanceRule OfForm { get; } = new("form");

    /// <summary>The share of the most frequent right choice.</summary>
    public static ChanceRule Majority { get; } = new("majority");
}

/// <summary>What a task is repeated over: subjects, relations. Every set of values is a source of rows of its own, with its own examples.</summary>
/// <param name="Values">The sets of values by variable, where the task file lists them.</param>
/// <param name="From">Rows that give them, or null.</param>
/// <param name="Fields">The variables and the fields of those rows.</param>
/// <param name="Name">The variable that names a set: it stands before the ids of its items.</param>
public sealed record TaskEach(
    ImmutableArray<ImmutableDictionary<string, string>> Values, DataSource? From, ImmutableSortedDictionary<string, string> Fields, string Name)
{
    /// <summary>The one set that is asked, by its <see cref="Name"/>; null for all.</summary>
    public string? Only { get; init; }
}

/// <summary>Where few-shot examples come from and how they are written.</summary>
public sealed record ShotOptions
{
    /// <summary>The examples' rows; null without examples in a file.</summary>
    public DataSource? Source { get; init; }

    /// <summary>Examples that the task file lists.</summary>
    internal ImmutableArray<DataRecord> Listed { get; init; } = [];

    /// <summary>How many stand before a prompt; null: all.</summary>
    public int? Count { get; init; }

    /// <summary>Whether they are drawn for each item, as the harness's default sampler does, from one stream that goes on from item to item.</summary>
    public bool Drawn { get; init; }

    /// <summary>How many more are drawn than stand before a prompt, so that the item itself can be left out; the harness draws one more where a task names neither the split of its
    /// examples nor a test split.</summary>
    public int Spare { get; init; }

    /// <summary>Seed of the stream.</summary>
    public uint Seed { get; init; } = 1234;

    /// <summary>A field in which examples equal the item, or null.</summary>
    public string? Same { get; init; }

    /// <summary>Template of an example's prompt; null: the task's own.</summary>
    public string? Prompt { get; init; }

    /// <summary>Template of an example's answer; null: the answer as the form reads it.</summary>
    public string? Target { get; init; }

    /// <summary>What stands between an example's prompt and its answer; null: the task's own.</summary>
    public string? TargetDelimiter { get; init; }

    /// <summary>What stands behind an example.</summary>
    public string Delimiter { get; init; } = "\n\n";
}

/// <summary>Names of the fields of a data line.</summary>
public sealed record TaskFields
{
    /// <summary>The item's stable id; <see cref="LineNumber"/> makes one of the line number.</summary>
    public string Id { get; init; } = "id";

    /// <summary>The question; also a placeholder of the prompt.</summary>
    public string Question { get; init; } = "question";

    /// <summary>The evidence; also a placeholder of the prompt.</summary>
    public string Context { get; init; } = "context";

    /// <summary>One accepted answer or a list of them.</summary>
    public string Answers { get; init; } = "answers";

    /// <summary>The choices: a field with a list.</summary>
    public string Choices { get; init; } = "choices";

    /// <summary>The choices one by one, as templates or plain texts; empty: <see cref="Choices"/> names a list.</summary>
    public ImmutableArray<string> ChoiceTemplates { get; init; } = [];

    /// <summary>The right choice: a place from 0, a label, a letter, true or false, or the choice itself.</summary>
    public string Answer { get; init; } = "answer";

    /// <summary>The right choice where it is the same for all items.</summary>
    public int? AnswerIndex { get; init; }

    /// <summary>A field with the labels of the choices, among which the answer is looked up, or null.</summary>
    public string? Labels { get; init; }

    /// <summary>The labels where they are the same for all items.</summary>
    public ImmutableArray<string> LabelTexts { get; init; } = [];

    /// <summary>A field that says of each choice whether it is right (1) or not (0), where several may be; or null.</summary>
    public string? Truth { get; init; }

    /// <summary>The cluster, or null for none.</summary>
    public string? Cluster { get; init; }

    /// <summary>The group of the report, or null for none.</summary>
    public string? Group { get; init; }

    /// <summary>As <see cref="Id"/>: data without ids; an item is named after its line, <c>line-00001</c>.</summary>
    public const string LineNumber = "@line";

    /// <summary>As <see cref="Id"/>: an item is named after the place of its row, from 0: <c>00000</c>.</summary>
    public const string RowIndex = "@index";
}
