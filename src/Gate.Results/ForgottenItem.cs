namespace Gate.Results;

/// <summary>Something the candidate forgot.</summary>
public sealed record ForgottenItem
{
    /// <summary>Task name.</summary>
    public required string Task { get; init; }

    /// <summary>The item's stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Group (relation, category), or null.</summary>
    public string? Group { get; init; }

    /// <summary>The question or prompt, as asked (without shots).</summary>
    public required string Question { get; init; }

    /// <summary>The expected answer.</summary>
    public required string Expected { get; init; }

    /// <summary>What the dense model answered.</summary>
    public required string DenseAnswer { get; init; }

    /// <summary>What the candidate answered.</summary>
    public required string CandidateAnswer { get; init; }

    /// <summary>The dense model's margin in nats (gold minus best other, or log-probability of its answer); null when there is none.</summary>
    public double? DenseMargin { get; init; }
}
