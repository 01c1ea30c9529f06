using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Gguf;

/// <summary>
/// A tensor of a GGUF file as the architecture has it: blocks expanded, and rows of query and key put back from the order in which llama.cpp rotates
/// neighbours (2i, 2i + 1) to the one that rotates halves (i, i + size / 2).
/// </summary>
/// <param name="name">Name in the architecture.</param>
/// <param name="store">The file's tensors.</param>
/// <param name="tensor">The stored tensor.</param>
/// <param name="headSize">Rows of a head whose halves are interleaved, or 0 for rows in order.</param>
internal sealed class GgufMatrix(string name, TensorStore store, GgufTensor tensor, int headSize) : DerivedTensor(name, tensor.Shape, [tensor.Stored])
{
    public override double CodeBits => tensor.Format switch
    {
        GgufBlockFormat.F32 => 32,
        GgufBlockFormat.F16 or GgufBlockFormat.BF16 => 16,
        GgufBlockFormat.Q8_0 => 8,
        GgufBlockFormat.Q6_K => 6,
        GgufBlockFormat.Q5_0 or GgufBlockFormat.Q5_1 or GgufBlockFormat.Q5_K => 5,
        GgufBlockFormat.Q3_K => 3,
        GgufBlockFormat.Q2_K => 2,
        _ => 4,
    };

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int rowLength = (int)Info.RowLength;
        int rowBytes = (int)(tensor.Stored.Length / Info.RowCount);
        for (int row = 0; row < rowCount; row++)
        {
            ReadOnlySpan<byte> stored = store.Read(tensor.Stored, StoredRow(firstRow + row, headSize) * rowBytes, rowBytes);
            Span<float> values = destination.Slice(row * rowLength, rowLength);
            if (tensor.PlainFormat is { } plain)
                Widening.ToSingles(plain, stored, values);
            else
                GgufBlocks.Decode(tensor.Format, stored, values);
        }
    }

    /// <summary>Where a row lies in the file.</summary>
    /// <param name="row">The row in the architecture's order.</param>
    /// <param name="headSize">Rows of a head, or 0.</param>
    public static long StoredRow(long row, int headSize)
    {
        if (headSize == 0)
            return row;
        long start = row / headSize * headSize, within = row - start, half = headSize / 2;
        return start + (within < half ? 2 * within : (2 * (within - half)) + 1);
    }
}
