using System.Runtime.InteropServices;
using Gate.Numerics.PackedWeights;

namespace Gate.Models.Checkpoints.Quantized.Gptq;

/// <summary>The codes of <c>qweight</c> [inputs · bits / 32, outputs]: packed along the inputs, transposed; every <c>bits</c> words down a column hold
/// 32 codes.</summary>
internal sealed class GptqCodes(TensorStore store, TensorInfo words, int outputs, int inputs, int bits) : MatrixCodes(outputs, inputs)
{
    private const int RunLength = 32;

    public override double Bits => bits;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        ReadOnlySpan<uint> packed = MemoryMarshal.Cast<byte, uint>(store.ReadAll(words));
        Span<uint> run = stackalloc uint[8];
        Span<byte> codes = stackalloc byte[RunLength];
        run = run[..bits];
        for (int start = 0; start < Columns; start += RunLength)
        {
            ReadOnlySpan<uint> band = packed.Slice(start / RunLength * bits * Rows, bits * Rows);
            for (int row = 0; row < rowCount; row++)
            {
                for (int word = 0; word < bits; word++)
                    run[word] = band[(word * Rows) + (int)firstRow + row];
                BitPacking.UnpackDense(run, bits, codes);
                Span<float> values = destination.Slice((row * Columns) + start, RunLength);
                for (int i = 0; i < RunLength; i++)
                    values[i] = codes[i];
            }
        }
    }
}
