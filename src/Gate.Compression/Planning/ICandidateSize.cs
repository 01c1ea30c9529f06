using Gate.Compression.Export.Forms;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf.Writing;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Planning;

/// <summary>The size of a candidate in its format, from shapes alone: what the exporter will write, counted before it does.</summary>
internal interface ICandidateSize
{
    /// <summary>Bits of a compressed layer's codes, scales and zeros.</summary>
    long LayerBits(PlannedLayer planned);

    /// <summary>Bytes of all weight files with their headers.</summary>
    /// <param name="layers">What is planned.</param>
    long FileBytes(IReadOnlyList<PlannedLayer> layers);
}

/// <summary>Sizes in safetensors: packed as <see cref="PackedForm"/> says.</summary>
/// <param name="tensors">All tensors of the dense checkpoint.</param>
internal sealed class PackedSize(IReadOnlyList<TensorInfo> tensors) : ICandidateSize
{
    public long LayerBits(PlannedLayer planned) => PackedForm.LayerBits(planned.Layer, planned.Quantize);

    public long FileBytes(IReadOnlyList<PlannedLayer> layers)
    {
        HashSet<string> compressed = [.. layers.Select(planned => planned.Layer.WeightTensor)];
        IEnumerable<StoredTensor> untouched = tensors
            .Where(tensor => !compressed.Contains(tensor.Name))
            .Select(tensor => new StoredTensor(tensor.Name, tensor.Format, tensor.Shape));
        return PackedForm.FileBytes(untouched.Concat(layers.SelectMany(planned => PackedForm.Tensors(planned.Layer, planned.Quantize))));
    }
}

/// <summary>Sizes in GGUF.</summary>
/// <param name="header">The header the file will have.</param>
/// <param name="tensors">All tensors of the dense checkpoint.</param>
internal sealed class GgufSize(GgufHeader header, IReadOnlyList<TensorInfo> tensors) : ICandidateSize
{
    public long LayerBits(PlannedLayer planned)
    {
        GgufBlockFormat format = planned.Quantize is null ? GgufBlockFormat.F16 : Export.Formats.GgufFormat.BlockFormatOf(planned.Quantize) ?? GgufBlockFormat.F16;
        return 8 * GgufTensorToWrite.LengthOf(format, [planned.Layer.Outputs, planned.Layer.Inputs]);
    }

    public long FileBytes(IReadOnlyList<PlannedLayer> layers)
    {
        GgufContents contents = GgufContents.Of(header, tensors, layers);
        return header.FileBytes(contents.Tensors.Concat(header.OwnTensors), contents.Main);
    }
}
