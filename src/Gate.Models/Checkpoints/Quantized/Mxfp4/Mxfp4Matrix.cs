using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.Mxfp4;

/// <summary>
/// A matrix in MXFP4 (OCP Microscaling Formats 1.0): of every 32 weights of a row a power of two (E8M0) and 4-bit floats (E2M1), the earlier of two in the lower
/// half of a byte. Every value is exact in bfloat16, so it is presented as that.
/// </summary>
/// <param name="name">Name of the matrix.</param>
/// <param name="store">The files.</param>
/// <param name="blocks">[outputs, inputs / 32, 16] bytes.</param>
/// <param name="scales">[outputs, inputs / 32] bytes: the exponent plus 127.</param>
internal sealed class Mxfp4Matrix(string name, TensorStore store, TensorInfo blocks, TensorInfo scales)
    : DerivedTensor(name, [blocks.Shape[0], blocks.Shape[1] * BlockLength], [blocks, scales], NumberFormat.BFloat16)
{
    /// <summary>Weights that share a scale.</summary>
    public const int BlockLength = 32;

    /// <summary>Bytes of their codes.</summary>
    public const int BlockBytes = BlockLength / 2;

    private const int ExponentBias = 127;

    public override double CodeBits => 4;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        int groups = (int)blocks.Shape[1], count = rowCount * groups;
        ReadOnlySpan<byte> codes = store.Read(blocks, firstRow * groups * BlockBytes, count * BlockBytes), exponents = store.Read(scales, firstRow * groups, count);
        for (int group = 0; group < count; group++)
        {
            // 255 stands for no number: the infinity it becomes here is refused where weights are.
            float scale = exponents[group] == byte.MaxValue ? float.PositiveInfinity : MathF.ScaleB(1, exponents[group] - ExponentBias);
            Span<float> values = destination.Slice(group * BlockLength, BlockLength);
            ReadOnlySpan<byte> bytes = codes.Slice(group * BlockBytes, BlockBytes);
            for (int i = 0; i < BlockBytes; i++)
            {
                values[2 * i] = Float4Conversion.WidenE2M1(bytes[i]) * scale;
                values[(2 * i) + 1] = Float4Conversion.WidenE2M1((byte)(bytes[i] >> 4)) * scale;
            }
        }
    }
}
