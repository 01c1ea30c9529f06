using Gate.Models.Structure;

namespace Gate.Compression.Calibration.Folding;

/// <summary>An input whose features can be scaled, with the layers that read it.</summary>
/// <param name="Producer">What makes the input.</param>
/// <param name="Layers">All layers that read it, each planned to be quantised.</param>
/// <param name="Closing">The layers that end the module of the group, or empty when the group's layers are a module of their own.</param>
internal sealed record FoldableInput(InputProducer Producer, IReadOnlyList<PlannedLayer> Layers, IReadOnlyList<LinearLayer> Closing);
