using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gate.Compression.Tests.Reference;

/// <summary>Reads one safetensors file of reference results, which has no model around it. Deliberately independent of the product's reader.</summary>
internal sealed class SafetensorsFixture
{
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly JsonElement _header;

    public SafetensorsFixture(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes));
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _dataStart = 8 + length;
    }

    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];

    public float[] Singles(string name) => Read<float>(name, "F32");

    public int[] Integers(string name) => Read<int>(name, "I32");

    public byte[] Bytes(string name) => Read<byte>(name, "U8");

    private T[] Read<T>(string name, string format)
        where T : unmanaged
    {
        JsonElement entry = _header.GetProperty(name);
        Assert.Equal(format, entry.GetProperty("dtype").GetString());
        int[] offsets = [.. entry.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        return MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(_dataStart + offsets[0], offsets[1] - offsets[0])).ToArray();
    }
}
