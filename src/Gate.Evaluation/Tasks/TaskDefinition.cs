using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>A task as its declarative file says; built-in and user-written ones are the same thing.</summary>
public sealed record TaskDefinition
{
    /// <summary>Name used in configuration and reports, for example <c>factoid-qa</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Kind.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Protocol id and version.</summary>
    public required string Protocol { get; init; }

    /// <summary>Absolute path of the data file.</summary>
    public required string DataPath { get; init; }

    /// <summary>Prompt template with <c>{field}</c> placeholders.</summary>
    public required string Prompt { get; init; }

    /// <summary>Metric that decides, for example <c>exact_match</c>, <c>acc</c>, <c>acc_norm</c>, <c>p_at_1</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Everything else a kind needs (field names, normaliser, stops, window, …); unknown keys were refused when the file was read.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The same options, typed: what the kinds read.</summary>
    public TaskSettings Settings { get; init; } = new();

    /// <summary>Free text for people, shown by <c>gate tasks NAME</c>; decides nothing.</summary>
    public string Notes { get; init; } = "";

    /// <summary>SHA-256 over template, metric, protocol and options: everything of the task that decides a score, but the data.</summary>
    public required string DefinitionHash { get; init; }
}
