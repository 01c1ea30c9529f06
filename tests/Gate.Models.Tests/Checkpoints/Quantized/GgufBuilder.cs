using System.Text;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>Bytes of a GGUF file, written from the specification.</summary>
internal sealed class GgufBuilder
{
    private readonly List<(string Key, uint Type, byte[] Value)> _keys = [];
    private readonly List<(string Name, long[] Dimensions, uint Type, byte[] Data)> _tensors = [];

    public uint Version { get; set; } = 3;

    public GgufBuilder Key(string key, uint value) => Put(key, 4, BitConverter.GetBytes(value));

    public GgufBuilder Key(string key, float value) => Put(key, 6, BitConverter.GetBytes(value));

    public GgufBuilder Key(string key, string value) => Put(key, 8, Text(value));

    public GgufBuilder Key(string key, params string[] values) =>
        Put(key, 9, [.. BitConverter.GetBytes(8u), .. BitConverter.GetBytes((ulong)values.Length), .. values.SelectMany(Text)]);

    /// <summary>Adds a tensor; dimensions fastest first, as in the file.</summary>
    public GgufBuilder Tensor(string name, uint type, byte[] data, params long[] dimensions)
    {
        _tensors.RemoveAll(tensor => tensor.Name == name);
        _tensors.Add((name, dimensions, type, data));
        return this;
    }

    public byte[] Build(int alignment = 32)
    {
        List<byte> bytes = [.. "GGUF"u8, .. BitConverter.GetBytes(Version), .. BitConverter.GetBytes((ulong)_tensors.Count), .. BitConverter.GetBytes((ulong)_keys.Count)];
        foreach ((string key, uint type, byte[] value) in _keys)
            bytes.AddRange([.. Text(key), .. BitConverter.GetBytes(type), .. value]);
        List<byte> data = [];
        foreach ((string name, long[] dimensions, uint type, byte[] content) in _tensors)
        {
            bytes.AddRange([.. Text(name), .. BitConverter.GetBytes((uint)dimensions.Length), .. dimensions.SelectMany(BitConverter.GetBytes)]);
            bytes.AddRange([.. BitConverter.GetBytes(type), .. BitConverter.GetBytes((ulong)data.Count)]);
            data.AddRange(content);
            while (data.Count % alignment != 0)
                data.Add(0);
        }

        while (bytes.Count % alignment != 0)
            bytes.Add(0);
        return [.. bytes, .. data];
    }

    private static byte[] Text(string value) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(value)), .. Encoding.UTF8.GetBytes(value)];

    private GgufBuilder Put(string key, uint type, byte[] value)
    {
        _keys.RemoveAll(entry => entry.Key == key);
        _keys.Add((key, type, value));
        return this;
    }
}
