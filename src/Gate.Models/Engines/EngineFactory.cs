using Gate.Numerics.Threading;

namespace Gate.Models.Engines;

/// <summary>A kind of engine on a device in a number format: where models are judged and calibrated. Chosen once for a run; dense model and candidate get the same.</summary>
public abstract class EngineFactory
{
    /// <summary>Engine, version, device type and number format: part of every model's identity and so of every cache key.</summary>
    public abstract string Identity { get; }

    /// <summary>Whether the same inputs give the same bits whatever the batch, the threads and the machine. Of other engines answers are equal up to rounding.</summary>
    public abstract bool IsBitExact { get; }

    /// <summary>Tokens of one forward pass that keep the device busy.</summary>
    public virtual int BatchTokens => 1024;

    /// <summary>Makes an engine; whatever is uploaded to it goes with it.</summary>
    /// <param name="threads">Threads of the kernels, where the engine runs on the processor.</param>
    internal abstract IComputeEngine Create(ComputeThreads threads);
}
