using System.Collections.Immutable;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Sources;

namespace Gate.Evaluation.Tasks;

/// <summary>A task as its declarative file says; built-in and user-written ones are the same thing.</summary>
public sealed record TaskDefinition
{
    /// <summary>Name used in configuration and reports, for example <c>factoid-qa</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Kind, as task files spell it: how its items are asked, for example <c>multiple-choice</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Protocol id and version.</summary>
    public required string Protocol { get; init; }

    /// <summary>Where its rows are.</summary>
    public required DataSource Source { get; init; }

    /// <summary>Where its data are published, when they do not come with it.</summary>
    public ImmutableArray<PublishedFile> Published { get; init; } = [];

    /// <summary>Prompt template with <c>{field}</c> placeholders.</summary>
    public required string Prompt { get; init; }

    /// <summary>Metric that decides, for example <c>exact_match</c>, <c>acc</c>, <c>acc_norm</c>, <c>p_at_1</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>What that metric measures: how items come together and which way is better.</summary>
    public Measure Measure { get; init; } = Measure.Share;

    /// <summary>Everything else a kind needs (field names, normaliser, stops, window, …); unknown keys were refused when the file was read.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The same options, typed: what the kinds read.</summary>
    public TaskSettings Settings { get; init; } = new();

    /// <summary>Whether special tokens of the tokenizer stand in its prompts.</summary>
    public bool AddsSpecialTokens => Settings.AddSpecialTokens ?? TaskForms.Of(Kind).AddsSpecialTokens;

    /// <summary>The data files that are there, absolute, examples included.</summary>
    public ImmutableArray<string> DataFiles() => [.. EachValues.Of(this)
        .SelectMany(variables => DataRows.Files(Source, variables).Concat(Settings.Shots.Source is { } shots ? DataRows.Files(shots, variables) : []))
        .Distinct(StringComparer.Ordinal)];

    /// <summary>About how many characters a model is given or says behind an item's prompt.</summary>
    /// <param name="item">An item of the task.</param>
    public int AnswerCharacters(TaskItem item) => TaskForms.Of(Kind).AnswerCharacters(this, item);

    /// <summary>Free text for people, shown by <c>gate tasks NAME</c>; decides nothing.</summary>
    public string Notes { get; init; } = "";

    /// <summary>SHA-256 over template, metric, protocol and options: everything of the task that decides a score, but the data.</summary>
    public required string DefinitionHash { get; init; }
}
