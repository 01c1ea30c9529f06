using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>A folder with tensors and settings as another tool would write them.</summary>
internal sealed class PackedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, TensorToWrite> _tensors = [];

    public string Path => _folder.Path;

    public PackedFolder Add<T>(string name, NumberFormat format, ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values).ToArray();
        _tensors[name] = new TensorToWrite(name, format, [.. shape], stream => stream.Write(bytes));
        return this;
    }

    public PackedFolder Add<T>(string name, NumberFormat format, T[] values, params long[] shape)
        where T : unmanaged => Add(name, format, (ReadOnlySpan<T>)values, shape);

    public PackedFolder Remove(string name)
    {
        _tensors.Remove(name);
        return this;
    }

    public Checkpoint Open(string settings, string key = "quantization_config") => OpenWith($$"""{"model_type":"llama","{{key}}":{{settings}}}""");

    public Checkpoint OpenWith(string configuration, params (string Name, string Text)[] files)
    {
        File.WriteAllText(_folder.PathOf("config.json"), configuration);
        foreach ((string name, string text) in files)
            File.WriteAllText(_folder.PathOf(name), text);
        CheckpointWriter.WriteTensors(_folder.Path, _tensors.Values);
        return Checkpoint.Open(_folder.Path);
    }

    public void Refused(string settings, string code, params string[] parts)
    {
        GateException refused = Assert.Throws<GateException>(() => Open(settings).Dispose());
        Assert.Equal(code, refused.Diagnostic.Code);
        Assert.Equal(ExitCode.InputUnavailable, refused.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, refused.Diagnostic.Message));
    }

    public void Dispose() => _folder.Dispose();
}
