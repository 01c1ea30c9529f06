using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>The engine in plain C# on the processor, in binary32.</summary>
public sealed class ManagedEngineFactory : EngineFactory
{
    private ManagedEngineFactory()
    {
    }

    /// <summary>The only one: it has nothing to choose.</summary>
    public static ManagedEngineFactory Instance { get; } = new();

    /// <inheritdoc/>
    public override string Identity => ManagedEngine.EngineName;

    /// <inheritdoc/>
    public override bool IsBitExact => true;

    internal override IComputeEngine Create(ComputeThreads threads) => new ManagedEngine(threads);
}
