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
    // Values that a thread takes at a time: rows end with blocks, so a run may end in any of them.
    private const int ValuesOfPiece = 1 << 14;

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => (int)GgufBlocks.BytesOf(Format, Columns);

    /// <summary>Quantises a matrix as the format does.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="format">The format.</param>
    /// <param name="threads">Blocks are divided over these.</param>
    public static BlockMatrix Quantize(ReadOnlyMemory<float> weights, int rows, int columns, GgufBlockFormat format, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        BlockMatrix matrix = new(format, rows, columns, new byte[checked(rows * GgufBlocks.BytesOf(format, columns))]);
        matrix.Visit(threads, (values, bytes) => GgufBlocks.Encode(format, weights.Span[values], matrix.Bytes.AsSpan(bytes)));
        return matrix;
    }

    /// <summary>All values, row-major, as a reader computes them.</summary>
    /// <param name="threads">Blocks are divided over these.</param>
    public float[] Dequantize(ComputeThreads threads)
    {
        float[] decoded = new float[checked(Rows * Columns)];
        Visit(threads, (values, bytes) => GgufBlocks.Decode(Format, Bytes.AsSpan(bytes), decoded.AsSpan(values)));
        return decoded;
    }

    // Shows runs of whole blocks: where their values are, and their bytes.
    private void Visit(ComputeThreads threads, Action<Range, Range> visitor)
    {
        int count = Rows * Columns;
        ParallelWork.Run((count + ValuesOfPiece - 1) / ValuesOfPiece, threads, piece =>
        {
            int start = piece * ValuesOfPiece, end = Math.Min(count, start + ValuesOfPiece);
            visitor(start..end, (int)GgufBlocks.BytesOf(Format, start)..(int)GgufBlocks.BytesOf(Format, end));
        });
    }
}
