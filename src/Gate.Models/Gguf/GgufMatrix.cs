using System.Collections.Immutable;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Gguf;

/// <summary>
/// A tensor of a GGUF file as the model has it: blocks expanded, rows put back in the model's order (llama.cpp rotates neighbours where the model rotates
/// halves, and has fused queries, keys and values one after the other), and what was added to norms taken off.
/// </summary>
/// <param name="name">Name in the model.</param>
/// <param name="shape">Extents in the model.</param>
/// <param name="store">The file's tensors.</param>
/// <param name="tensor">The stored tensor.</param>
/// <param name="place">How the file has it.</param>
internal sealed class GgufMatrix(string name, ImmutableArray<long> shape, TensorStore store, GgufTensor tensor, GgufPlace place)
    : DerivedTensor(name, shape, [tensor.Stored])
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
            ReadOnlySpan<byte> stored = store.Read(tensor.Stored, place.StoredRow(firstRow + row) * rowBytes, rowBytes);
            Span<float> values = destination.Slice(row * rowLength, rowLength);
            if (tensor.PlainFormat is { } plain)
                Widening.ToSingles(plain, stored, values);
            else
                GgufBlocks.Decode(tensor.Format, stored, values);
            for (int i = 0; place.Offset != 0 && i < values.Length; i++)
                values[i] -= place.Offset;
        }
    }
}
