using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Numerics.Threading;

namespace Gate.Models.Calibration;

/// <summary>How activations are streamed; of a bit-exact engine none of it changes a bit of a result.</summary>
/// <param name="Threads">Threads of the kernels.</param>
/// <param name="BatchTokens">Tokens run together; a longer window is a batch of its own.</param>
/// <param name="MemoryBytes">Bytes of residual stream kept in memory; a larger one lies in a temporary file.</param>
public sealed record ActivationOptions(ComputeThreads Threads, int BatchTokens = 1024, long MemoryBytes = 1L << 30)
{
    /// <summary>Where blocks run.</summary>
    public EngineFactory Engine { get; init; } = ManagedEngineFactory.Instance;
}
