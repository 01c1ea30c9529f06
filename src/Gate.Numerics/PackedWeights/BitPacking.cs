namespace Gate.Numerics.PackedWeights;

/// <summary>
/// Unsigned codes of 1 to 8 bits in 32-bit words, element 0 in the lowest bits. Two layouts exist on disk: dense, where a code may cross a word
/// border, and padded, where each word holds ⌊32/bits⌋ codes and the rest is unused. They agree for 1, 2, 4 and 8 bits.
/// </summary>
public static class BitPacking
{
    /// <summary>Words of the dense layout: ⌈count · bits / 32⌉.</summary>
    public static int DenseWordCount(int count, int bits) => checked((int)((((long)count * bits) + 31) / 32));

    /// <summary>Words of the padded layout: ⌈count / ⌊32/bits⌋⌉.</summary>
    public static int PaddedWordCount(int count, int bits) => (count + (32 / bits) - 1) / (32 / bits);

    /// <summary>Packs codes densely.</summary>
    /// <param name="codes">Codes below 2^bits.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="words">At least <see cref="DenseWordCount"/> words; overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">A code does not fit, or there is no room.</exception>
    public static void PackDense(ReadOnlySpan<byte> codes, int bits, Span<uint> words)
    {
        words = Checked(words, DenseWordCount(codes.Length, bits), bits);
        words.Clear();
        long position = 0;
        foreach (byte code in codes)
        {
            CheckCode(code, bits);
            int word = (int)(position >> 5);
            int shift = (int)(position & 31);
            words[word] |= (uint)code << shift;
            if (shift + bits > 32)
                words[word + 1] |= (uint)code >> (32 - shift);
            position += bits;
        }
    }

    /// <summary>Reads densely packed codes.</summary>
    /// <param name="words">At least <see cref="DenseWordCount"/> words.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="codes">Receives as many codes as it is long.</param>
    public static void UnpackDense(ReadOnlySpan<uint> words, int bits, Span<byte> codes)
    {
        words = Checked(words, DenseWordCount(codes.Length, bits), bits);
        uint mask = (1u << bits) - 1;
        long position = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            int word = (int)(position >> 5);
            int shift = (int)(position & 31);
            uint value = words[word] >> shift;
            if (shift + bits > 32)
                value |= words[word + 1] << (32 - shift);
            codes[i] = (byte)(value & mask);
            position += bits;
        }
    }

    /// <summary>Packs codes with ⌊32/bits⌋ in each word.</summary>
    /// <inheritdoc cref="PackDense"/>
    public static void PackPadded(ReadOnlySpan<byte> codes, int bits, Span<uint> words)
    {
        words = Checked(words, PaddedWordCount(codes.Length, bits), bits);
        words.Clear();
        int perWord = 32 / bits;
        for (int i = 0; i < codes.Length; i++)
        {
            CheckCode(codes[i], bits);
            words[i / perWord] |= (uint)codes[i] << (i % perWord * bits);
        }
    }

    /// <summary>Reads codes packed with ⌊32/bits⌋ in each word.</summary>
    /// <inheritdoc cref="UnpackDense"/>
    public static void UnpackPadded(ReadOnlySpan<uint> words, int bits, Span<byte> codes)
    {
        words = Checked(words, PaddedWordCount(codes.Length, bits), bits);
        int perWord = 32 / bits;
        uint mask = (1u << bits) - 1;
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (byte)((words[i / perWord] >> (i % perWord * bits)) & mask);
    }

    private static Span<uint> Checked(Span<uint> words, int needed, int bits)
    {
        CheckRoom(words.Length, needed, bits);
        return words[..needed];
    }

    private static ReadOnlySpan<uint> Checked(ReadOnlySpan<uint> words, int needed, int bits)
    {
        CheckRoom(words.Length, needed, bits);
        return words[..needed];
    }

    private static void CheckRoom(int words, int needed, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(words, needed);
    }

    private static void CheckCode(byte code, int bits) => ArgumentOutOfRangeException.ThrowIfGreaterThan(code, (1 << bits) - 1);
}
