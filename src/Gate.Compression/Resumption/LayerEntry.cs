using Gate.Compression.Calibration.Folding;
using Gate.Compression.Quantization;
using Gate.Models.Structure;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Resumption;

/// <summary>A finished layer. Its bytes are weights, mask, codes, grids, groups of columns and blocks, whatever it has of them.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="OutputError">Relative squared output error.</param>
/// <param name="Fallback">What was done instead of the recipe, or null.</param>
/// <param name="IsMasked">Whether there is a mask.</param>
/// <param name="Bits">Bits of a code, or null when not quantised.</param>
/// <param name="GroupSize">Columns that share a grid, or null when not quantised.</param>
/// <param name="Blocks">Block format of the bytes at the end, or null when in none.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">SHA-256 of the bytes.</param>
internal sealed record LayerEntry(
    string Layer, double? OutputError, string? Fallback, bool IsMasked, int? Bits, int? GroupSize, GgufBlockFormat? Blocks, long Offset, long Length, string Hash)
    : JournalEntry(Offset, Length, Hash)
{
    /// <summary>Writes the bytes of a layer; its scales are in the lines of its inputs.</summary>
    public static LayerEntry Write(LinearLayer layer, LayerResult result, EntryWriter writer)
    {
        writer.Write(result.Weights.AsSpan());
        writer.Write(result.Mask.AsSpan());
        if (result.Quantized is { } quantized)
        {
            writer.Write(quantized.Codes.AsSpan());
            writer.Write(quantized.Grids.AsSpan());
            writer.Write(quantized.GroupIndex.AsSpan());
        }

        if (result.Blocks is { } blocks)
            writer.Write(blocks.Bytes.AsSpan());
        return new LayerEntry(
            layer.Name, result.OutputError, result.Fallback, result.Mask is not null, result.Quantized?.Bits, result.Quantized?.GroupSize, result.Blocks?.Format,
            writer.Offset, writer.Length, writer.Hash());
    }

    /// <summary>Reads the layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="scaling">The scales folded into it, or null.</param>
    /// <param name="reader">At the bytes of this entry.</param>
    public LayerResult Read(LinearLayer layer, LayerScaling? scaling, EntryReader reader)
    {
        float[] weights = reader.Read(new float[layer.WeightCount]);
        bool[]? mask = IsMasked ? reader.Read(new bool[layer.WeightCount]) : null;
        QuantizedMatrix? matrix = null;
        if (Bits is { } bits && GroupSize is { } groupSize)
        {
            matrix = new QuantizedMatrix(layer.Outputs, layer.Inputs, bits, groupSize);
            reader.Read(matrix.Codes);
            reader.Read(matrix.Grids);
            reader.Read(matrix.GroupIndex);
        }

        return new LayerResult(weights, mask, matrix, OutputError, Fallback, scaling)
        {
            Blocks = Blocks is { } format ? new BlockMatrix(format, layer.Outputs, layer.Inputs, reader.Read(new byte[reader.Left])) : null,
        };
    }
}
