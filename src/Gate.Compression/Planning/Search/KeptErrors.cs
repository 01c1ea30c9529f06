namespace Gate.Compression.Planning.Search;

/// <summary>What an earlier, interrupted measurement had found, and where new findings go.</summary>
/// <param name="Known">Errors by name of the layer and option.</param>
/// <param name="Keep">Told every new error as soon as it is found.</param>
public sealed record KeptErrors(IReadOnlyDictionary<(string Layer, StorageOption Option), double> Known, Action<LayerError> Keep)
{
    /// <summary>Nothing known, nothing kept.</summary>
    public static KeptErrors None { get; } = new(new Dictionary<(string, StorageOption), double>(), _ => { });
}

/// <summary>The error of one option of one layer.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Option">The option.</param>
/// <param name="Error">Relative squared error.</param>
public sealed record LayerError(string Layer, StorageOption Option, double Error);
