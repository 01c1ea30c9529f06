using Gate.Compression.Export;
using Gate.Compression.Export.Formats;
using Gate.Compression.Export.Forms;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Gguf.Writing;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Planning;

/// <summary>The size of a candidate in its format, from shapes alone: what the exporter will write, counted before it does.</summary>
internal interface ICandidateSize
{
    /// <summary>Bits of a compressed layer's codes, scales, zeros and index of groups; divided by the number of weights, its bits per weight.</summary>
    long LayerBits(PlannedLayer planned);

    /// <summary>Bytes of everything that holds a compressed layer, headers not counted.</summary>
    long LayerBytes(PlannedLayer planned);

    /// <summary>Bytes of all weight files with their headers.</summary>
    /// <param name="layers">What is planned.</param>
    long FileBytes(IReadOnlyList<PlannedLayer> layers);

    /// <summary>The sizes of a layout; a dense candidate is counted as it would be packed.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: a model or tokenizer that the format cannot hold.</exception>
    static ICandidateSize In(CandidateLayout layout, Model dense) =>
        layout == CandidateLayout.Gguf
            ? new GgufSize(dense.GgufHeader(), dense.Checkpoint.Tensors)
            : new PackedSize(dense, LayerFormat.Of(layout, dense) ?? new CompressedTensorsFormat());
}

/// <summary>Sizes in safetensors, layer by layer as a format stores them.</summary>
/// <param name="dense">The dense checkpoint.</param>
/// <param name="format">The format of quantised layers.</param>
internal sealed class PackedSize(Model dense, LayerFormat format) : ICandidateSize
{
    // The extents that pack-quantized stores beside a layer say nothing about its weights.
    public long LayerBits(PlannedLayer planned) => 8 * Tensors(planned).Where(tensor => tensor.Format != NumberFormat.Int64).Sum(tensor => tensor.Bytes);

    public long LayerBytes(PlannedLayer planned) => Tensors(planned).Sum(tensor => tensor.Bytes);

    public long FileBytes(IReadOnlyList<PlannedLayer> layers)
    {
        HashSet<string> compressed = [.. layers.Select(planned => planned.Layer.WeightTensor)];
        IEnumerable<StoredTensor> untouched = dense.Checkpoint.Tensors
            .Where(tensor => !compressed.Contains(tensor.Name))
            .Select(tensor => new StoredTensor(tensor.Name, tensor.Format, tensor.Shape));
        return PackedForm.FileBytes(untouched.Concat(layers.SelectMany(Tensors)));
    }

    private IEnumerable<StoredTensor> Tensors(PlannedLayer planned)
    {
        LinearLayer layer = planned.Layer;
        NumberFormat plain = CandidateFormat.Of(dense.Checkpoint.Require(layer.WeightTensor).Format, dense.Checkpoint.Configuration);
        return planned.Quantize is { } quantize
            ? format.Tensors(layer, quantize, format.ScaleFormat(plain))
            : [new StoredTensor(layer.WeightTensor, plain, [layer.Outputs, layer.Inputs])];
    }
}

/// <summary>Sizes in GGUF.</summary>
/// <param name="header">The header the file will have.</param>
/// <param name="tensors">All tensors of the dense checkpoint.</param>
internal sealed class GgufSize(GgufHeader header, IReadOnlyList<TensorInfo> tensors) : ICandidateSize
{
    public long LayerBits(PlannedLayer planned)
    {
        GgufBlockFormat format = planned.Quantize is null ? GgufBlockFormat.F16 : GgufFormat.BlockFormatOf(planned.Quantize) ?? GgufBlockFormat.F16;
        return 8 * GgufTensorToWrite.LengthOf(format, [planned.Layer.Outputs, planned.Layer.Inputs]);
    }

    public long LayerBytes(PlannedLayer planned) => LayerBits(planned) / 8;

    public long FileBytes(IReadOnlyList<PlannedLayer> layers)
    {
        GgufContents contents = GgufContents.Of(header, tensors, layers);
        return header.FileBytes(contents.Tensors.Concat(header.OwnTensors), contents.Main);
    }
}
