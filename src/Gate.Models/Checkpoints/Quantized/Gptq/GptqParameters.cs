using System.Runtime.InteropServices;

namespace Gate.Models.Checkpoints.Quantized.Gptq;

/// <summary>Scales [groups, outputs] and zero points packed along the outputs, decoded field by field modulo 2^bits.</summary>
internal sealed class GptqParameters(TensorStore store, TensorInfo scale, TensorInfo zero, int groups, int bits, int version) : GroupParameters(groups)
{
    public override void ReadRow(long row, Span<float> scales, Span<float> zeros)
    {
        int outputs = (int)scale.Shape[1], size = scale.ElementSize, wordsPerGroup = (int)zero.Shape[1];
        ReadOnlySpan<byte> stored = store.ReadAll(scale);
        ReadOnlySpan<uint> packed = MemoryMarshal.Cast<byte, uint>(store.ReadAll(zero));
        int word = (int)(row * bits >> 5), shift = (int)((row * bits) & 31);
        uint mask = (1u << bits) - 1;
        for (int group = 0; group < Groups; group++)
        {
            Widening.ToSingles(scale.Format, stored.Slice(((group * outputs) + (int)row) * size, size), scales.Slice(group, 1));
            uint code = packed[(group * wordsPerGroup) + word] >> shift;
            if (shift + bits > 32)
                code |= packed[(group * wordsPerGroup) + word + 1] << (32 - shift);
            zeros[group] = (code + (version == 1 ? 1u : 0u)) & mask;
        }
    }
}
