namespace Gate.Compression;

/// <summary>Something about a compression that may make its result worse than it need be.</summary>
/// <param name="Code">Code of the diagnostic catalogue.</param>
/// <param name="Message">For people.</param>
public sealed record CompressionWarning(string Code, string Message);
