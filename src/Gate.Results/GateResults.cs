using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>
/// The whole of a run: what <c>results.json</c> holds and every report is rendered from. Nothing in it depends on the machine but
/// <see cref="Environment"/>.
/// </summary>
public sealed record GateResults
{
    /// <summary>Version of this document; readers accept older ones.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Gate's version and arithmetic, and what the run was asked.</summary>
    public required RunInfo Run { get; init; }

    /// <summary>The dense model.</summary>
    public required ModelInfo Dense { get; init; }

    /// <summary>The candidate, as read back from disk.</summary>
    public required ModelInfo Candidate { get; init; }

    /// <summary>How the candidate was made, or null when it was made elsewhere.</summary>
    public CompressionInfo? Compression { get; init; }

    /// <summary>Sizes, theoretical and real.</summary>
    public required SizeInfo Size { get; init; }

    /// <summary>Each task with its scores, retention, interval and flips; in suite order.</summary>
    public required ImmutableArray<TaskResult> Tasks { get; init; }

    /// <summary>The suite as a whole.</summary>
    public required SuiteResult Suite { get; init; }

    /// <summary>The verdict: every configured rule exactly once.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Items the dense model answered right and the candidate wrong, largest dense margin first; complete.</summary>
    public required ImmutableArray<ForgottenItem> Forgotten { get; init; }

    /// <summary>Warnings and notes of the run.</summary>
    public ImmutableArray<RunNote> Notes { get; init => field = value.IsDefault ? [] : value; } = [];
}
