namespace Gate.Results;

/// <summary>One line of <c>items.jsonl</c>: one question, both models.</summary>
public sealed record ItemRecord
{
    /// <summary>Task name.</summary>
    public required string Task { get; init; }

    /// <summary>The item's stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Cluster the item belongs to, or null.</summary>
    public string? Cluster { get; init; }

    /// <summary>Group for reporting, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The question or prompt, as asked.</summary>
    public required string Question { get; init; }

    /// <summary>The expected answer.</summary>
    public required string Expected { get; init; }

    /// <summary>Chance level of the item.</summary>
    public required double Chance { get; init; }

    /// <summary>The dense model's outcome.</summary>
    public required ItemOutcome Dense { get; init; }

    /// <summary>The candidate's outcome.</summary>
    public required ItemOutcome Candidate { get; init; }
}
