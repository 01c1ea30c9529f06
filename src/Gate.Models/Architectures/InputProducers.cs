using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures;

/// <summary>Lists what makes the inputs of linear layers, without building an engine.</summary>
public static class InputProducers
{
    /// <summary>The producers of the checkpoint's architecture, block by block; groups whose input features cannot be scaled are missing.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family or a configuration Gate cannot run.</exception>
    public static IReadOnlyList<InputProducer> Of(Checkpoint checkpoint) =>
        ArchitectureRegistry.Find(checkpoint.Configuration).Describe(checkpoint.Configuration).Producers;
}
