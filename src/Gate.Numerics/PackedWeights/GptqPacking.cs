namespace Gate.Numerics.PackedWeights;

/// <summary>
/// The GPTQ checkpoint layout (AutoGPTQ, GPTQModel): unsigned codes packed along the inputs and stored transposed, zero points packed along the outputs. The
/// first version of the format stores each zero point less one, modulo 2^bits; the second stores it as it is.
/// </summary>
public static class GptqPacking
{
    /// <summary>Packs the codes of a [outputs, inputs] matrix into [inputs · bits / 32, outputs] words.</summary>
    /// <param name="codes">[outputs, inputs], each below 2^bits.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="inputs">Inputs, a multiple of 32.</param>
    /// <param name="bits">2, 3, 4 or 8.</param>
    public static uint[] PackWeights(ReadOnlySpan<byte> codes, int outputs, int inputs, int bits)
    {
        Check(bits, inputs);
        return CompressedTensorsPacking.Transpose<uint>(PackRows(codes, outputs, inputs, bits), outputs, inputs * bits / 32);
    }

    /// <summary>Reads [inputs · bits / 32, outputs] words into codes [outputs, inputs].</summary>
    /// <inheritdoc cref="PackWeights"/>
    public static byte[] UnpackWeights(ReadOnlySpan<uint> words, int outputs, int inputs, int bits)
    {
        Check(bits, inputs);
        return UnpackRows(CompressedTensorsPacking.Transpose(words, inputs * bits / 32, outputs), outputs, inputs, bits);
    }

    /// <summary>Packs zero points [groups, outputs] into [groups, outputs · bits / 32] words.</summary>
    /// <param name="zeros">[groups, outputs], each below 2^bits.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="outputs">Outputs, a multiple of 32.</param>
    /// <param name="bits">2, 3, 4 or 8.</param>
    /// <param name="version">Format version: 1 stores zero − 1, 2 stores the zero.</param>
    public static uint[] PackZeros(ReadOnlySpan<byte> zeros, int groups, int outputs, int bits, int version)
    {
        Check(bits, outputs);
        return PackRows(Shift(zeros, version == 1 ? -1 : 0, bits), groups, outputs, bits);
    }

    /// <summary>Reads zero points into [groups, outputs].</summary>
    /// <inheritdoc cref="PackZeros"/>
    public static byte[] UnpackZeros(ReadOnlySpan<uint> words, int groups, int outputs, int bits, int version)
    {
        Check(bits, outputs);
        return Shift(UnpackRows(words, groups, outputs, bits), version == 1 ? 1 : 0, bits);
    }

    private static uint[] PackRows(ReadOnlySpan<byte> codes, int rows, int columns, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(codes.Length, checked(rows * columns));
        int wordsPerRow = BitPacking.DenseWordCount(columns, bits);
        uint[] words = new uint[checked(rows * wordsPerRow)];
        for (int row = 0; row < rows; row++)
            BitPacking.PackDense(codes.Slice(row * columns, columns), bits, words.AsSpan(row * wordsPerRow, wordsPerRow));
        return words;
    }

    private static byte[] UnpackRows(ReadOnlySpan<uint> words, int rows, int columns, int bits)
    {
        int wordsPerRow = BitPacking.DenseWordCount(columns, bits);
        ArgumentOutOfRangeException.ThrowIfNotEqual(words.Length, checked(rows * wordsPerRow));
        byte[] codes = new byte[checked(rows * columns)];
        for (int row = 0; row < rows; row++)
            BitPacking.UnpackDense(words.Slice(row * wordsPerRow, wordsPerRow), bits, codes.AsSpan(row * columns, columns));
        return codes;
    }

    // Field by field modulo 2^bits, so that a zero point of 0 in version 1 does not touch its neighbours.
    private static byte[] Shift(ReadOnlySpan<byte> zeros, int by, int bits)
    {
        byte[] shifted = new byte[zeros.Length];
        for (int i = 0; i < zeros.Length; i++)
            shifted[i] = (byte)((zeros[i] + by) & ((1 << bits) - 1));
        return shifted;
    }

    private static void Check(int bits, int packedExtent)
    {
        if (bits is not (2 or 3 or 4 or 8))
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "GPTQ packs 2, 3, 4 or 8 bits");
        if (packedExtent % 32 != 0)
            throw new ArgumentOutOfRangeException(nameof(packedExtent), packedExtent, "GPTQ packs multiples of 32");
    }
}
