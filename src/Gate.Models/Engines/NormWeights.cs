using Gate.Models.Blueprints;

namespace Gate.Models.Engines;

/// <summary>A norm whose weights are on an engine.</summary>
/// <param name="Norm">Kind, epsilon and offset.</param>
/// <param name="Weight">One row of factors.</param>
/// <param name="Bias">One row of offsets, or null.</param>
internal sealed record NormWeights(Norm Norm, DeviceMatrix Weight, DeviceMatrix? Bias);
