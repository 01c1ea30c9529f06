using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Numerics.Threading;

namespace Gate.Compression;

/// <summary>How a candidate is made; with a bit-exact engine none of it changes a bit of it.</summary>
/// <param name="Threads">Threads of the kernels.</param>
public sealed record CompressionOptions(ComputeThreads Threads)
{
    /// <summary>Where calibration runs.</summary>
    public EngineFactory Engine { get; init; } = ManagedEngineFactory.Instance;

    /// <summary>Bytes of calibration activations kept in memory; more of them lie in a temporary file.</summary>
    public long ActivationBytes { get; init; } = 1L << 30;

    /// <summary>Tokens of calibration that run together; a longer window is a batch of its own.</summary>
    public int BatchTokens { get; init; } = 1024;

    /// <summary>
    /// Names everything that decides the candidate. With it, layers of an interrupted compression that is calibrated or searches grids are found again beside
    /// the output folder; null keeps nothing.
    /// </summary>
    public string? ResumptionKey { get; init; }

    /// <summary>Told how many layers an interrupted compression left, before any is made.</summary>
    public Action<int>? Resumed { get; init; }

    /// <summary>Told the name of each finished layer.</summary>
    public IProgress<string>? Progress { get; init; }
}
