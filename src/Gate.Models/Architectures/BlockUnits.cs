using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures;

/// <summary>Lists the units of blocks that lie across several linear layers, without building an engine.</summary>
public static class BlockUnits
{
    /// <summary>The units of the checkpoint's architecture, block by block; empty for families that do not say.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family or a configuration Gate cannot run.</exception>
    public static IReadOnlyList<CoupledUnits> Of(Checkpoint checkpoint) =>
        ArchitectureRegistry.Find(checkpoint.Configuration).Describe(checkpoint.Configuration).Units;
}
