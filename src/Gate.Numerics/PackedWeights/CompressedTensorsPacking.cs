namespace Gate.Numerics.PackedWeights;

/// <summary>
/// The <c>pack-quantized</c> layout of compressed-tensors: signed codes of a [rows, columns] matrix, offset by 2^(bits−1) to be unsigned, packed along
/// each row. Since version 0.17 of the library packing is dense; before, sub-byte codes were padded to whole words.
/// </summary>
public static class CompressedTensorsPacking
{
    /// <summary>Words of one row.</summary>
    public static int WordsPerRow(int columns, int bits, bool dense) =>
        dense ? BitPacking.DenseWordCount(columns, bits) : BitPacking.PaddedWordCount(columns, bits);

    /// <summary>Packs a matrix of signed codes.</summary>
    /// <param name="codes">[rows, columns], each in −2^(bits−1) … 2^(bits−1) − 1.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="dense">Whether codes may cross word borders.</param>
    /// <returns>[rows, <see cref="WordsPerRow"/>] words.</returns>
    public static uint[] Pack(ReadOnlySpan<sbyte> codes, int rows, int columns, int bits, bool dense)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(codes.Length, checked(rows * columns));
        int wordsPerRow = WordsPerRow(columns, bits, dense);
        uint[] words = new uint[checked(rows * wordsPerRow)];
        byte[] unsigned = new byte[columns];
        int offset = 1 << (bits - 1);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<sbyte> source = codes.Slice(row * columns, columns);
            for (int column = 0; column < columns; column++)
                unsigned[column] = checked((byte)(source[column] + offset));
            Span<uint> target = words.AsSpan(row * wordsPerRow, wordsPerRow);
            if (dense)
                BitPacking.PackDense(unsigned, bits, target);
            else
                BitPacking.PackPadded(unsigned, bits, target);
        }

        return words;
    }

    /// <summary>Reads one row of signed codes.</summary>
    /// <param name="row">The row's words.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="dense">Whether codes may cross word borders.</param>
    /// <param name="codes">Receives the row's signed codes.</param>
    public static void UnpackRow(ReadOnlySpan<uint> row, int bits, bool dense, Span<sbyte> codes)
    {
        byte[] unsigned = new byte[codes.Length];
        if (dense)
            BitPacking.UnpackDense(row, bits, unsigned);
        else
            BitPacking.UnpackPadded(row, bits, unsigned);
        int offset = 1 << (bits - 1);
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (sbyte)(unsigned[i] - offset);
    }

    /// <summary>Packs zero points, which run down the rows: [rows, groups] becomes [⌈rows · bits / 32⌉, groups].</summary>
    /// <param name="zeros">[rows, groups], signed.</param>
    /// <param name="rows">Rows of the weight matrix.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="dense">Whether codes may cross word borders.</param>
    public static uint[] PackZeros(ReadOnlySpan<sbyte> zeros, int rows, int groups, int bits, bool dense)
    {
        uint[] byColumn = Pack(Transpose(zeros, rows, groups), groups, rows, bits, dense);
        return Transpose<uint>(byColumn, groups, WordsPerRow(rows, bits, dense));
    }

    /// <summary>Reads zero points packed by <see cref="PackZeros"/> into [rows, groups].</summary>
    /// <inheritdoc cref="PackZeros"/>
    public static sbyte[] UnpackZeros(ReadOnlySpan<uint> words, int rows, int groups, int bits, bool dense)
    {
        int wordsPerColumn = WordsPerRow(rows, bits, dense);
        uint[] byColumn = Transpose(words, wordsPerColumn, groups);
        sbyte[] zeros = new sbyte[checked(groups * rows)];
        for (int group = 0; group < groups; group++)
            UnpackRow(byColumn.AsSpan(group * wordsPerColumn, wordsPerColumn), bits, dense, zeros.AsSpan(group * rows, rows));
        return Transpose<sbyte>(zeros, groups, rows);
    }

    internal static T[] Transpose<T>(ReadOnlySpan<T> source, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, checked(rows * columns));
        T[] result = new T[source.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[(column * rows) + row] = source[(row * columns) + column];
        }

        return result;
    }
}
