using System.Text;
using Gate.Compression.Recipes;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Planning;

/// <summary>
/// Real bytes of a candidate that is written dense or as compressed-tensors; other formats count their own tensors. A quantised layer is counted as
/// compressed-tensors' <c>pack-quantized</c> stores it: codes packed densely into 32-bit words row by row, one 16-bit scale for each row and group,
/// zero codes packed the same way when the grid is asymmetric, and the two extents. 8-bit weights beside 8-bit activations are counted as
/// <c>int-quantized</c>, FP8 as <c>float-quantized</c>, one byte for each weight and
/// 16-bit scales; NF4 as two codes in a byte and a 16-bit absmax for each group; MXFP4 as two codes in a byte and an exponent byte for each 32 weights. Everything else counts as it is stored. Zeros of a pruned layer
/// save nothing here: no format in use stores them away.
/// </summary>
internal static class PackedForm
{
    private const int HeaderLengthBytes = 8;
    private const int HeaderAlignment = 8;

    /// <summary>The tensors that hold a quantised layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="quantize">Its quantisation.</param>
    /// <param name="scaleFormat">Element format of 16-bit scales.</param>
    /// <param name="dense">Codes across the borders of words; false: whole codes in each word.</param>
    public static IEnumerable<StoredTensor> Tensors(LinearLayer layer, QuantizationRecipe quantize, NumberFormat scaleFormat, bool dense = true)
    {
        long groups = quantize.GroupSize is { } size ? (layer.Inputs + size - 1) / size : 1;
        long[] scales = quantize.Granularity == "tensor" ? [1] : [layer.Outputs, groups];
        if (quantize.Activations == "int8")
        {
            yield return new StoredTensor(layer.WeightTensor, NumberFormat.Int8, [layer.Outputs, layer.Inputs]);
            yield return new StoredTensor($"{layer.WeightTensor}_scale", scaleFormat, [.. scales]);
            yield break;
        }

        switch (quantize.Grid)
        {
            case "fp8-e4m3":
                yield return new StoredTensor(layer.WeightTensor, NumberFormat.Float8E4M3, [layer.Outputs, layer.Inputs]);
                yield return new StoredTensor($"{layer.WeightTensor}_scale", scaleFormat, [.. scales]);
                yield break;
            case "nf4" or "mxfp4":
                yield return new StoredTensor($"{layer.WeightTensor}_packed", NumberFormat.UInt8, [layer.Outputs, (layer.Inputs + 1) / 2]);
                yield return new StoredTensor(
                    $"{layer.WeightTensor}_scale", quantize.Grid == "nf4" ? scaleFormat : NumberFormat.UInt8, [.. scales]);
                yield break;
        }

        yield return new StoredTensor($"{layer.WeightTensor}_packed", NumberFormat.Int32, [layer.Outputs, Words(layer.Inputs, quantize.Bits, dense)]);
        yield return new StoredTensor($"{layer.WeightTensor}_scale", scaleFormat, [.. scales]);
        if (!quantize.Symmetric)
            yield return new StoredTensor($"{layer.WeightTensor}_zero_point", NumberFormat.Int32, [Words(layer.Outputs, quantize.Bits, dense), groups]);
        yield return new StoredTensor($"{layer.WeightTensor}_shape", NumberFormat.Int64, [2]);
        if (quantize.HasScatteredGroups)
            yield return new StoredTensor($"{layer.Name}.weight_g_idx", NumberFormat.Int32, [layer.Inputs]);
    }

    /// <summary>Bytes of all tensors of a checkpoint if every floating-point element took 16 bit; headers not counted.</summary>
    public static long DenseBytes16(IEnumerable<TensorInfo> tensors) =>
        tensors.Sum(tensor => tensor.Format is NumberFormat.Float32 or NumberFormat.Float64 ? 2 * tensor.ElementCount : tensor.Length);

    /// <summary>Bytes of one safetensors file with these tensors, its header included.</summary>
    public static long FileBytes(IEnumerable<StoredTensor> tensors)
    {
        StringBuilder header = new("""{"__metadata__":{"format":"pt"}""");
        long offset = 0;
        foreach (StoredTensor tensor in tensors.OrderByDescending(tensor => StoredFormats.SizeOf(tensor.Format)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            string shape = string.Join(',', tensor.Shape);
            header.Append($",\"{tensor.Name}\":{{\"dtype\":\"{StoredFormats.NameOf(tensor.Format)}\",\"shape\":[{shape}],\"data_offsets\":[{offset},");
            offset = checked(offset + tensor.Bytes);
            header.Append($"{offset}]}}");
        }

        header.Append('}');
        int length = Encoding.UTF8.GetByteCount(header.ToString());
        return HeaderLengthBytes + (length + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment + offset;
    }

    private static long Words(long count, int bits, bool dense) => dense ? ((count * bits) + 31) / 32 : (count + (32 / bits) - 1) / (32 / bits);
}
