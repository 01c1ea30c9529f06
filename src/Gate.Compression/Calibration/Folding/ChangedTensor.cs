namespace Gate.Compression.Calibration.Folding;

/// <summary>A norm or bias with new values.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Values">All of them.</param>
internal sealed record ChangedTensor(string Name, float[] Values);
