using System.Collections.Immutable;

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

/// <summary>What a kind needs to know of a task besides prompt and metric. Defaults are those of the task file.</summary>
public sealed record TaskSettings
{
    /// <summary>Names of the data fields.</summary>
    public TaskFields Fields { get; init; } = new();

    /// <summary>Normaliser id of generated answers.</summary>
    public string Normalizer { get; init; } = "exact/1";

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

    /// <summary>How a perplexity task reads its text.</summary>
    public TextMode Text { get; init; }

    /// <summary>Whether the tokenizer's post-processor adds its special tokens; null = as the protocol of the kind says
    /// (yes for prompts, no for perplexity).</summary>
    public bool? AddSpecialTokens { get; init; }

    /// <summary>What stands between a prompt and its answer.</summary>
    public string TargetDelimiter { get; init; } = " ";

    /// <summary>Description and few-shot examples as they stand before every prompt, rendered when the task file is read.</summary>
    public string Preamble { get; init; } = "";
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

    /// <summary>The choices.</summary>
    public string Choices { get; init; } = "choices";

    /// <summary>Index of the right choice, from 0.</summary>
    public string Answer { get; init; } = "answer";

    /// <summary>The cluster, or null for none.</summary>
    public string? Cluster { get; init; }

    /// <summary>The group of the report, or null for none.</summary>
    public string? Group { get; init; }

    /// <summary>As <see cref="Id"/>: data without ids; an item is named after its line, <c>line-00001</c>.</summary>
    public const string LineNumber = "@line";
}
