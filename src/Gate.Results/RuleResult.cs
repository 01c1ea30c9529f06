using System.Text.Json.Serialization;

namespace Gate.Results;

/// <summary>One threshold, judged.</summary>
public sealed record RuleResult
{
    /// <summary>The rule's path in the configuration, for example <c>thresholds.tasks.factoid-qa.retention</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The task the rule is about, or null for the suite.</summary>
    public string? Task { get; init; }

    /// <summary>What is measured, for example <c>retention</c>, <c>srcr</c>, <c>maxForgotten</c>, <c>perplexityRatio</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether the value must be at least (true) or at most (false) the limit.</summary>
    public required bool AtLeast { get; init; }

    /// <summary>The configured limit.</summary>
    public required double Limit { get; init; }

    /// <summary>Measured value with bounds; null when not measured.</summary>
    public Estimate? Measured { get; init; }

    /// <summary>State of this rule.</summary>
    public required VerdictState State { get; init; }

    /// <summary>The diagnostic code when the state is not pass, for example <c>GATE2001</c>; empty on pass.</summary>
    public required string Code { get; init; }

    /// <summary>Whether it would fail were it the only rule (GATE2007): undecided, but nothing a warning may wave through.</summary>
    [JsonIgnore]
    public bool LooksBreached => State == VerdictState.Inconclusive && Code == "GATE2007";

    /// <summary>A sentence that says why, with value, interval, limit and counts.</summary>
    public required string Reason { get; init; }

    /// <summary>Items behind the rule.</summary>
    public required int Items { get; init; }

    /// <summary>Right → wrong among them; null where the items are not right or wrong, as with perplexity, and where nothing was measured.</summary>
    public int? Forgotten { get; init; }

    /// <summary>Wrong → right among them; null where <see cref="Forgotten"/> is.</summary>
    public int? Gained { get; init; }

    /// <summary>About how many more items would decide; null unless inconclusive.</summary>
    public int? MoreItemsToDecide { get; init; }

    /// <summary>Configuration file of the rule, relative, <c>/</c> separators; null when it is a default.</summary>
    public string? File { get; init; }

    /// <summary>Line in that file, from 1; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>Column in that file, from 1; 0 when unknown.</summary>
    public int Column { get; init; }
}
