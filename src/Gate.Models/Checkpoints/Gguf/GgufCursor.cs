using System.Buffers.Binary;
using System.Text;

namespace Gate.Models.Checkpoints.Gguf;

/// <summary>Reads the header of a GGUF file from front to back and never beyond its end.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="bytes">The file's beginning.</param>
internal ref struct GgufCursor(string path, ReadOnlySpan<byte> bytes)
{
    private const int MaximumNesting = 4;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(ulong count, string what)
    {
        if (count > (ulong)Remaining)
            throw GgufDiagnostics.Damaged(path, $"{count} bytes of {what} at byte {Position}", $"{Remaining} bytes");
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <summary>An unsigned 32-bit number.</summary>
    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    /// <summary>An unsigned 64-bit number.</summary>
    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A text with its length before it.</summary>
    public string ReadString(string what) => Encoding.UTF8.GetString(Take(ReadUInt64($"the length of {what}"), what));

    /// <summary>A value of a type: long, ulong, double, bool, string, or where an array lies.</summary>
    public object ReadValue(uint type, string key)
    {
        switch (type)
        {
            case 0:
                return (long)Take(1, key)[0];
            case 1:
                return (long)(sbyte)Take(1, key)[0];
            case 2:
                return (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2, key));
            case 3:
                return (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2, key));
            case 4:
                return (long)ReadUInt32(key);
            case 5:
                return (long)(int)ReadUInt32(key);
            case 6:
                return (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4, key));
            case 7:
                return Take(1, key)[0] != 0;
            case 8:
                return ReadString(key);
            case 9:
                return ReadArray(key, 0);
            case 10:
                return ReadUInt64(key) is var value && value <= long.MaxValue ? (long)value : value;
            case 11:
                return (long)ReadUInt64(key);
            case 12:
                return BinaryPrimitives.ReadDoubleLittleEndian(Take(8, key));
            default:
                throw GgufDiagnostics.Damaged(path, $"a value type from 0 to 12 for '{key}'", $"{type}");
        }
    }

    // The elements are only counted and held against the file's end; a reader that wants them reads them.
    private GgufArray ReadArray(string key, int depth)
    {
        if (depth >= MaximumNesting)
            throw GgufDiagnostics.Damaged(path, $"at most {MaximumNesting} arrays inside each other in '{key}'", "more");
        uint type = ReadUInt32(key);
        ulong count = ReadUInt64(key);
        int size = type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            10 or 11 or 12 => 8,
            8 or 9 => 0,
            _ => throw GgufDiagnostics.Damaged(path, $"an element type from 0 to 12 for '{key}'", $"{type}"),
        };
        GgufArray array = new(type, count, Position);
        if (size > 0)
        {
            if (count > (ulong)(Remaining / size))
                throw GgufDiagnostics.Damaged(path, $"{count} elements of '{key}' at byte {Position}", $"{Remaining} bytes");
            Take(count * (ulong)size, key);
            return array;
        }

        for (ulong i = 0; i < count; i++)
        {
            if (type == 8)
                Take(ReadUInt64(key), key);
            else
                ReadArray(key, depth + 1);
        }

        return array;
    }
}
