namespace Gate.Numerics.PackedWeights;

/// <summary>
/// The GEMM layout of AWQ checkpoints: 4-bit codes stored [inputs, outputs / 8], not transposed, eight outputs to a word in the order
/// 0, 2, 4, 6, 1, 3, 5, 7; zero points likewise, without an offset.
/// </summary>
public static class AwqPacking
{
    // Nibble k of a word holds the output of this place within its eight.
    private static ReadOnlySpan<byte> Order => [0, 2, 4, 6, 1, 3, 5, 7];

    /// <summary>Packs 4-bit codes [rows, outputs] (rows are inputs, or groups for zero points) into [rows, outputs / 8].</summary>
    /// <param name="codes">Codes below 16.</param>
    /// <param name="rows">Inputs or groups.</param>
    /// <param name="outputs">Outputs, a multiple of 8.</param>
    public static uint[] Pack(ReadOnlySpan<byte> codes, int rows, int outputs)
    {
        Check(codes.Length, checked(rows * outputs), outputs);
        uint[] words = new uint[codes.Length / 8];
        for (int word = 0; word < words.Length; word++)
        {
            for (int nibble = 0; nibble < 8; nibble++)
            {
                byte code = codes[(word * 8) + Order[nibble]];
                ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 15, nameof(codes));
                words[word] |= (uint)code << (4 * nibble);
            }
        }

        return words;
    }

    /// <summary>Reads [rows, outputs / 8] words into codes [rows, outputs].</summary>
    /// <inheritdoc cref="Pack"/>
    public static byte[] Unpack(ReadOnlySpan<uint> words, int rows, int outputs)
    {
        Check(checked(words.Length * 8), checked(rows * outputs), outputs);
        byte[] codes = new byte[rows * outputs];
        for (int word = 0; word < words.Length; word++)
        {
            for (int nibble = 0; nibble < 8; nibble++)
                codes[(word * 8) + Order[nibble]] = (byte)((words[word] >> (4 * nibble)) & 15);
        }

        return codes;
    }

    private static void Check(int found, int expected, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(found, expected);
        if (outputs % 8 != 0)
            throw new ArgumentOutOfRangeException(nameof(outputs), outputs, "AWQ packs outputs in eights");
    }
}
