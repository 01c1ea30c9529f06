using System.Collections.Immutable;

namespace Gate.Core.Baselines;

/// <summary>The last accepted candidate: figures for people, outcomes for the paired comparison, hashes that say what they belong to.</summary>
public sealed record Baseline
{
    /// <summary>Always <c>gate-baseline</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>The run it was taken from.</summary>
    public required string RunKey { get; init; }

    /// <summary>Version of Gate that made the run.</summary>
    public required string GateVersion { get; init; }

    /// <summary>Hash of the dense weights.</summary>
    public required string DenseWeights { get; init; }

    /// <summary>Hash of the accepted candidate's weights.</summary>
    public required string CandidateWeights { get; init; }

    /// <summary>Hash of the tokenizer.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Sr of the accepted candidate, or null when it had none.</summary>
    public required double? Retention { get; init; }

    /// <summary>Hash of the weights of the first accepted candidate of the chain; null where this is the first.</summary>
    public string? FirstCandidateWeights { get; init; }

    /// <summary>Its tasks in suite order.</summary>
    public required ImmutableArray<BaselineTask> Tasks { get; init; }
}

/// <summary>The accepted candidate on one task.</summary>
/// <param name="Name">Task name.</param>
/// <param name="Definition">Hash of the task's definition.</param>
/// <param name="Data">Hash of the questions asked.</param>
/// <param name="Items">Number of questions.</param>
/// <param name="DenseScore">Score of the dense model.</param>
/// <param name="CandidateScore">Score of the accepted candidate.</param>
/// <param name="Right">One bit for each question in ordinal order of the ids, first question in the lowest bit of the first byte, base 64: answered
/// right by the accepted candidate. Null for tasks whose scores are not right or wrong.</param>
/// <param name="First">The same of the first accepted candidate of the chain, on the same questions; null where this is the first, or the questions have changed since.</param>
public sealed record BaselineTask(
    string Name, string Definition, string Data, int Items, double DenseScore, double CandidateScore, string? Right, string? First = null);
