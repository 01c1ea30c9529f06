using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures;

/// <summary>Lists the linear layers of a checkpoint in the order of the forward pass, without building an engine.</summary>
public static class LinearLayers
{
    /// <summary>The layers of the checkpoint's architecture, block by block, then the final dense layer if it is a matrix of its own (untied).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family, missing tensor or a shape that contradicts the configuration.</exception>
    public static IReadOnlyList<LinearLayer> Of(Checkpoint checkpoint)
    {
        TensorLayout layout = ArchitectureRegistry.Find(checkpoint.Configuration).Describe(checkpoint.Configuration);
        layout.Check(checkpoint);
        return layout.LinearLayers;
    }
}
