using Gate.Models.Engines;
using Gate.Models.Engines.Plugins;
using Gate.Torch;

namespace Gate.Models.Tests.Inference;

/// <summary>Libtorch in binary32 on the device of GATE_TORCH_DEVICE, the processor where it is not set.</summary>
internal static class TestedEngine
{
    public static EngineFactory Factory { get; } = In("float32");

    /// <summary>The same in another number format.</summary>
    public static EngineFactory In(string format) => new TorchPlugin().Open(
        AppContext.BaseDirectory, EngineSelection.Managed with { Name = EngineSelection.TorchName, Device = Environment.GetEnvironmentVariable("GATE_TORCH_DEVICE") ?? "cpu", Format = format });
}
