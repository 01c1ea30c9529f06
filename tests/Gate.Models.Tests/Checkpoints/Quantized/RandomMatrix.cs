using Gate.Numerics.NumberFormats;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>Codes, scales and zero points drawn at random, and the values they stand for by the definition.</summary>
internal sealed class RandomMatrix
{
    public RandomMatrix(int rows, int columns, int bits, int groupSize, bool hasZeros, int seed, int[]? groupOf = null)
    {
        (Rows, Columns, Bits) = (rows, columns, bits);
        Groups = (columns + groupSize - 1) / groupSize;
        Random random = new(seed);
        Codes = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)random.Next(1 << bits))];
        Zeros = [.. Enumerable.Range(0, rows * Groups).Select(_ => (byte)(hasZeros ? random.Next(1 << bits) : 1 << (bits - 1)))];
        Scales = [.. Enumerable.Range(0, rows * Groups).Select(_ => BFloat16Conversion.Narrow((float)(0.001 + (random.NextDouble() / 10))))];
        Values = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int group = (row * Groups) + (groupOf?[column] ?? column / groupSize);
                Values[(row * columns) + column] = BFloat16Conversion.Widen(Scales[group]) * (Codes[(row * columns) + column] - Zeros[group]);
            }
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Bits { get; }

    public int Groups { get; }

    /// <summary>Unsigned codes [rows, columns].</summary>
    public byte[] Codes { get; }

    /// <summary>Unsigned zero points [rows, groups].</summary>
    public byte[] Zeros { get; }

    /// <summary>bfloat16 scales [rows, groups].</summary>
    public ushort[] Scales { get; }

    /// <summary>scale · (code − zero).</summary>
    public float[] Values { get; }

    public sbyte[] SignedCodes => [.. Codes.Select(code => (sbyte)(code - (1 << (Bits - 1))))];

    public sbyte[] SignedZeros => [.. Zeros.Select(zero => (sbyte)(zero - (1 << (Bits - 1))))];

    public static T[] Transpose<T>(T[] source, int rows, int columns)
    {
        T[] result = new T[source.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[(column * rows) + row] = source[(row * columns) + column];
        }

        return result;
    }
}
