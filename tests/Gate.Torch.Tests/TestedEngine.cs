using Gate.Models.Engines;
using Gate.Torch;
using static TorchSharp.torch;

namespace Gate.Models.Tests.Inference;

/// <summary>Libtorch in binary32 on the device of GATE_TORCH_DEVICE, the processor where it is not set.</summary>
internal static class TestedEngine
{
    public static EngineFactory Factory { get; } = new TorchEngineFactory(device(Environment.GetEnvironmentVariable("GATE_TORCH_DEVICE") ?? "cpu"), ScalarType.Float32);
}
