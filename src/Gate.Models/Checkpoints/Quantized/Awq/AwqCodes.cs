using System.Runtime.InteropServices;

namespace Gate.Models.Checkpoints.Quantized.Awq;

/// <summary>The codes of <c>qweight</c> [inputs, outputs / 8] in the GEMM layout: not transposed, eight outputs to a word in AWQ's order.</summary>
internal sealed class AwqCodes(TensorStore store, TensorInfo words, int outputs, int inputs) : MatrixCodes(outputs, inputs)
{
    public override double Bits => 4;

    /// <summary>The bit at which an output's code starts within its word.</summary>
    public static int ShiftOf(long output) => 4 * NibbleOf[(int)(output & 7)];

    // The inverse of the order 0, 2, 4, 6, 1, 3, 5, 7 in which outputs are put into nibbles.
    private static ReadOnlySpan<byte> NibbleOf => [0, 4, 1, 5, 2, 6, 3, 7];

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        ReadOnlySpan<uint> packed = MemoryMarshal.Cast<byte, uint>(store.ReadAll(words));
        int wordsPerInput = Rows / 8;
        for (int input = 0; input < Columns; input++)
        {
            ReadOnlySpan<uint> line = packed.Slice(input * wordsPerInput, wordsPerInput);
            for (int row = 0; row < rowCount; row++)
            {
                long output = firstRow + row;
                destination[(row * Columns) + input] = (line[(int)(output >> 3)] >> ShiftOf(output)) & 15;
            }
        }
    }
}
