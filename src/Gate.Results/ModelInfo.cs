namespace Gate.Results;

/// <summary>A model as it was judged.</summary>
public sealed record ModelInfo
{
    /// <summary>The folder as the user wrote it.</summary>
    public required string Path { get; init; }

    /// <summary>Architecture family.</summary>
    public required string Family { get; init; }

    /// <summary>Parameters (weights of all tensors).</summary>
    public required long Parameters { get; init; }

    /// <summary>SHA-256 of the weights.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>What answered for it: engine, version, device type and number format; null in results of versions that did not say.</summary>
    public string? Engine { get; init; }

    /// <summary>SHA-256 of the tokenizer; empty without one.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Bytes of the weight files.</summary>
    public required long FileBytes { get; init; }
}
