using System.Runtime.InteropServices;

namespace Gate.Models.Checkpoints.Quantized.Awq;

/// <summary>Scales [groups, outputs] and zero points [groups, outputs / 8] packed as the codes are, without an offset.</summary>
internal sealed class AwqParameters(TensorStore store, TensorInfo scale, TensorInfo zero, int groups) : GroupParameters(groups)
{
    public override void ReadRow(long row, Span<float> scales, Span<float> zeros)
    {
        int outputs = (int)scale.Shape[1], size = scale.ElementSize;
        ReadOnlySpan<byte> stored = store.ReadAll(scale);
        ReadOnlySpan<uint> packed = MemoryMarshal.Cast<byte, uint>(store.ReadAll(zero));
        for (int group = 0; group < Groups; group++)
        {
            Widening.ToSingles(scale.Format, stored.Slice(((group * outputs) + (int)row) * size, size), scales.Slice(group, 1));
            zeros[group] = (packed[(group * outputs / 8) + (int)(row >> 3)] >> AwqCodes.ShiftOf(row)) & 15;
        }
    }
}
