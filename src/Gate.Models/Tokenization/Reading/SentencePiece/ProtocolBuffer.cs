using System.Buffers.Binary;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>The fields of a message in the encoding of Protocol Buffers, one after the other.</summary>
/// <param name="bytes">The message.</param>
/// <param name="path">The file, for messages.</param>
internal ref struct ProtocolBuffer(ReadOnlySpan<byte> bytes, string path)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value when it is a number or a truth value; a 32-bit number as its bits.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value when it is a text, bytes or a message; otherwise empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3055): cut off, or not this encoding.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        ulong key = Variable();
        Field = (int)(key >> 3);
        Number = 0;
        Bytes = default;
        switch (key & 7)
        {
            case 0:
                Number = Variable();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case 2:
                Bytes = Take(Variable());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw Refuse($"a field of kind {key & 7}");
        }

        return Field > 0 ? true : throw Refuse("a field without a number");
    }

    private ulong Variable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Refuse("a number of more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw Refuse($"a value of {length} bytes where {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private readonly Diagnostics.GateException Refuse(string found) => ConversionRefusals.Malformed(path, $"expected a SentencePiece model, found {found}");
}
