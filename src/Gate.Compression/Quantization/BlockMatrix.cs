using Gate.Numerics.PackedWeights.Gguf;
using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>A weight matrix in a GGUF block format, row after row.</summary>
/// <param name="Format">The block format.</param>
/// <param name="Rows">Output features.</param>
/// <param name="Columns">Input features, whole blocks.</param>
/// <param name="Bytes">The blocks.</param>
internal sealed record BlockMatrix(GgufBlockFormat Format, int Rows, int Columns, byte[] Bytes)
{
    /// <summary>Bytes of a row.</summary>
    public int RowBytes => (int)GgufBlocks.BytesOf(Format, Columns);

    /// <summary>Quantises a matrix as the format does.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="format">The format.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static BlockMatrix Quantize(ReadOnlyMemory<float> weights, int rows, int columns, GgufBlockFormat format, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        BlockMatrix matrix = new(format, rows, columns, new byte[checked(rows * GgufBlocks.BytesOf(format, columns))]);
        Parallel.For(0, rows, new ParallelOptions { MaxDegreeOfParallelism = threads.Count }, row =>
            GgufBlocks.Encode(format, weights.Span.Slice(row * columns, columns), matrix.Bytes.AsSpan(row * matrix.RowBytes, matrix.RowBytes)));
        return matrix;
    }

    /// <summary>All values, row-major, as a reader computes them.</summary>
    public float[] Dequantize()
    {
        float[] values = new float[Rows * Columns];
        for (int row = 0; row < Rows; row++)
            GgufBlocks.Decode(Format, Bytes.AsSpan(row * RowBytes, RowBytes), values.AsSpan(row * Columns, Columns));
        return values;
    }
}
