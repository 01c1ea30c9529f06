using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gate.Models.Gguf.Writing;

/// <summary>Keys and values of a GGUF header, encoded in the order they are put.</summary>
internal sealed class GgufKeys
{
    private const uint UInt32Type = 4, Int32Type = 5, Float32Type = 6, BooleanType = 7, TextType = 8, ArrayType = 9;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>The encoded keys and values.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A uint32.</summary>
    public void Put(string key, int value)
    {
        Begin(key, UInt32Type);
        PutUInt32((uint)value);
    }

    /// <summary>A binary32 number.</summary>
    public void Put(string key, double value)
    {
        Begin(key, Float32Type);
        PutUInt32(BitConverter.SingleToUInt32Bits((float)value));
    }

    /// <summary>A truth value.</summary>
    public void Put(string key, bool value)
    {
        Begin(key, BooleanType);
        _bytes.Write([value ? (byte)1 : (byte)0]);
    }

    /// <summary>A text.</summary>
    public void Put(string key, string value)
    {
        Begin(key, TextType);
        PutText(_bytes, value);
    }

    /// <summary>An array of texts.</summary>
    public void Put(string key, IReadOnlyCollection<string> values)
    {
        Begin(key, ArrayType);
        PutUInt32(TextType);
        PutUInt64(_bytes, (ulong)values.Count);
        foreach (string value in values)
            PutText(_bytes, value);
    }

    /// <summary>An array of int32.</summary>
    public void Put(string key, IReadOnlyCollection<int> values)
    {
        Begin(key, ArrayType);
        PutUInt32(Int32Type);
        PutUInt64(_bytes, (ulong)values.Count);
        foreach (int value in values)
            PutUInt32((uint)value);
    }

    /// <summary>An array of binary32 numbers.</summary>
    public void Put(string key, IReadOnlyCollection<double> values)
    {
        Begin(key, ArrayType);
        PutUInt32(Float32Type);
        PutUInt64(_bytes, (ulong)values.Count);
        foreach (double value in values)
            PutUInt32(BitConverter.SingleToUInt32Bits((float)value));
    }

    /// <summary>A text with its length before it.</summary>
    internal static void PutText(IBufferWriter<byte> buffer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        PutUInt64(buffer, (ulong)bytes.Length);
        buffer.Write(bytes.AsSpan());
    }

    /// <summary>A little-endian uint64.</summary>
    internal static void PutUInt64(IBufferWriter<byte> buffer, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        buffer.Write(bytes);
    }

    /// <summary>A little-endian uint32.</summary>
    internal static void PutUInt32(IBufferWriter<byte> buffer, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        buffer.Write(bytes);
    }

    private void Begin(string key, uint type)
    {
        PutText(_bytes, key);
        PutUInt32(type);
        Count++;
    }

    private void PutUInt32(uint value) => PutUInt32(_bytes, value);
}
