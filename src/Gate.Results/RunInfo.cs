using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>Where and how the run was made.</summary>
public sealed record RunInfo
{
    /// <summary>Version of Gate.</summary>
    public required string GateVersion { get; init; }

    /// <summary>Revision of the arithmetic.</summary>
    public required int NumericsRevision { get; init; }

    /// <summary>Short hash of everything that decides the result (configuration, models, suite, Gate's arithmetic).</summary>
    public required string RunKey { get; init; }

    /// <summary>UTC start time as <c>yyyy-MM-ddTHH:mm:ss</c>; from SOURCE_DATE_EPOCH when that is set.</summary>
    public required string Timestamp { get; init; }

    /// <summary>Wall-clock seconds of the phases, in order: name and seconds. Left out (empty) when SOURCE_DATE_EPOCH is set.</summary>
    public ImmutableArray<PhaseTime> Phases { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Configuration file relative to the working folder, <c>/</c> separators; empty when there was none.</summary>
    public required string ConfigurationFile { get; init; }

    /// <summary>Seed of the item order and of resampling.</summary>
    public required long Seed { get; init; }

    /// <summary>The decision rule: <c>confidence</c> or <c>point</c>.</summary>
    public required string DecisionRule { get; init; }

    /// <summary>One-sided confidence of the decision, for example 0.95.</summary>
    public required double Confidence { get; init; }

    /// <summary>What an inconclusive verdict does: <c>fail</c> (exit 3) or <c>warn</c> (exit 0 with a warning).</summary>
    public required string OnInconclusive { get; init; }
}
