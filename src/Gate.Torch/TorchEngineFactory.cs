using Gate.Models.Engines;
using Gate.Numerics.Threading;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>Engines on a device in a number format.</summary>
public sealed class TorchEngineFactory : EngineFactory
{
    // What a GPU needs to be busy; memory of activations grows with it.
    private const int TokensOnDevice = 16_384;

    private readonly Device _device;
    private readonly ScalarType _format;

    internal TorchEngineFactory(Device device, ScalarType format) => (_device, _format) = (device, format);

    /// <summary>Version of libtorch.</summary>
    internal static string Version { get; } = System.Version.Parse(__version__).ToString(3);

    /// <inheritdoc/>
    public override string Identity => $"torch/{Version}/{_device.type.ToString().ToLowerInvariant()}/{_format.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public override bool IsBitExact => false;

    /// <inheritdoc/>
    public override int BatchTokens => _device.type == DeviceType.CPU ? base.BatchTokens : TokensOnDevice;

    internal override IComputeEngine Create(ComputeThreads threads)
    {
        set_num_threads(threads.Count);
        return new TorchEngine(_device, _format);
    }
}
