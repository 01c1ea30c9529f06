using System.Globalization;
using Gate.Diagnostics;
using Gate.Models.Engines;
using Gate.Models.Engines.Plugins;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>The engine on libtorch as the tool loads it.</summary>
public sealed class TorchPlugin : EnginePlugin
{
    /// <inheritdoc/>
    public override int CompiledContract => Contract;

    /// <inheritdoc/>
    public override EngineFactory Open(string folder, EngineSelection selection)
    {
        NativeLibraries.Load(folder);
        ScalarType format = selection.Format switch
        {
            "bfloat16" => ScalarType.BFloat16,
            "float16" => ScalarType.Float16,
            _ => ScalarType.Float32,
        };
        return new TorchEngineFactory(Find(selection.Device), format);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, string Text)> Describe(string folder)
    {
        NativeLibraries.Load(folder);
        return
        [
            ("libtorch", TorchEngineFactory.Version), ("TorchSharp", typeof(torch).Assembly.GetName().Version!.ToString(3)), ("cpu", $"{get_num_threads()} threads"),
            ("cuda", cuda.is_available() ? $"{cuda.device_count()} devices{GpuMemory.Text()}" : "none"),
        ];
    }

    private static Device Find(string name)
    {
        string[] parts = name.Split(':');
        int index = 0;
        if (parts.Length > 2 || parts[0] is not ("cpu" or "cuda") || (parts.Length == 2 && (parts[0] == "cpu" || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index))))
            throw GateException.Usage("GATE1006", $"'engine.device' must be cpu, cuda or cuda:N, found \"{name}\"", null, "correct it");
        if (parts[0] == "cpu")
            return CPU;
        int devices = cuda.is_available() ? cuda.device_count() : 0;
        return index < devices ? new Device(DeviceType.CUDA, index) : throw GateException.Input(
            "GATE3304", $"the device {name} is not there: libtorch {TorchEngineFactory.Version} finds {devices} CUDA devices", null,
            "install the engine with 'gate engine install torch --cuda' and check the driver (nvidia-smi), or set engine.device to cpu");
    }
}
