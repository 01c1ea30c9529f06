using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>The suite as a whole.</summary>
public sealed record SuiteResult
{
    /// <summary>Sr: weighted mean over gateable tasks of min(corrected retention, 1); null when no task is gateable.</summary>
    public required Estimate? SemanticRetention { get; init; }

    /// <summary>The same without the cap at 1.</summary>
    public required double? SemanticRetentionUncapped { get; init; }

    /// <summary>SrCr by <see cref="FormulaId"/>; null when TCr is unknown.</summary>
    public Estimate? SrCr { get; init; }

    /// <summary>Id of the SrCr formula in force, for example <c>srcr-product/1</c>.</summary>
    public required string FormulaId { get; init; }

    /// <summary>The formula in words and symbols, for example <c>Sr · TCr</c>.</summary>
    public required string Formula { get; init; }

    /// <summary>Items scored over all tasks.</summary>
    public required int Items { get; init; }

    /// <summary>Tasks that are in Sr.</summary>
    public required ImmutableArray<string> IncludedTasks { get; init; }

    /// <summary>Tasks that are not in Sr, with the reason.</summary>
    public required ImmutableArray<ExcludedTask> ExcludedTasks { get; init; }
}
