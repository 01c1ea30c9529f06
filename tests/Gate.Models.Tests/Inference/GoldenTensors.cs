using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>The reference outputs of a model fixture. Reads safetensors on its own, so that a fault in Gate's reader cannot hide here.</summary>
internal sealed class GoldenTensors
{
    private readonly byte[] _data;
    private readonly Dictionary<string, (int Start, int End, int[] Shape)> _tensors = [];

    private GoldenTensors(byte[] file)
    {
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using JsonDocument document = JsonDocument.Parse(file.AsMemory(8, header));
        _data = file[(8 + header)..];
        foreach (JsonProperty tensor in document.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__"))
        {
            JsonElement offsets = tensor.Value.GetProperty("data_offsets");
            _tensors[tensor.Name] = (
                offsets[0].GetInt32(), offsets[1].GetInt32(),
                [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())]);
        }
    }

    public int SequenceCount => Enumerable.Range(0, 100).TakeWhile(i => _tensors.ContainsKey($"seq{i}.input_ids")).Count();

    public static GoldenTensors Of(string fixture) =>
        new(File.ReadAllBytes(Repository.Fixture("architectures", fixture, "golden.safetensors")));

    public bool Has(string name) => _tensors.ContainsKey(name);

    public int[] Shape(string name) => _tensors[name].Shape;

    public float[] Singles(string name) => [.. MemoryMarshal.Cast<byte, float>(Bytes(name))];

    public int[] Ids(string name)
    {
        ReadOnlySpan<long> values = MemoryMarshal.Cast<byte, long>(Bytes(name));
        int[] ids = new int[values.Length];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = checked((int)values[i]);
        return ids;
    }

    private ReadOnlySpan<byte> Bytes(string name) => _data.AsSpan(_tensors[name].Start.._tensors[name].End);
}
