using System.Collections.Immutable;
using Gate.Compression.Export.Formats;
using Gate.Models.Checkpoints;
using Gate.Models.Gguf;
using Gate.Models.Gguf.Writing;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Export.Forms;

/// <summary>The tensors of a GGUF candidate, known from shapes alone. The writer and the size formula both ask here.</summary>
/// <param name="Tensors">Every tensor; their contents are put in by the writer.</param>
/// <param name="Main">The format of most weights.</param>
internal sealed record GgufContents(ImmutableArray<GgufTensorToWrite> Tensors, GgufBlockFormat Main)
{
    /// <summary>The tensors of a plan.</summary>
    public static GgufContents Of(GgufHeader header, IReadOnlyList<TensorInfo> dense, IReadOnlyList<PlannedLayer> layers)
    {
        Dictionary<string, PlannedLayer> planned = layers.ToDictionary(layer => layer.Layer.WeightTensor, StringComparer.Ordinal);
        var tensors = ImmutableArray.CreateBuilder<GgufTensorToWrite>();
        foreach (TensorInfo tensor in dense)
        {
            if (header.PlaceOf(tensor) is not { } place)
                continue;
            GgufBlockFormat format = planned.TryGetValue(tensor.Name, out PlannedLayer? layer) && layer.Quantize is not null
                ? GgufFormat.BlockFormatOf(layer.Quantize) ?? GgufBlockFormat.F16
                : PlainFormatOf(tensor, place) == NumberFormat.Float32 ? GgufBlockFormat.F32 : GgufBlockFormat.F16;
            tensors.Add(new GgufTensorToWrite(place.Name, format, tensor.Shape, _ => { }));
        }

        GgufBlockFormat main = layers
            .Select(layer => layer.Quantize is null ? GgufBlockFormat.F16 : GgufFormat.BlockFormatOf(layer.Quantize) ?? GgufBlockFormat.F16)
            .GroupBy(format => format).OrderByDescending(group => group.Count()).Select(group => group.Key).FirstOrDefault(GgufBlockFormat.F16);
        return new GgufContents(tensors.ToImmutable(), main);
    }

    /// <summary>The precision of a tensor that is not quantised: norms, biases, routers and positions keep all their bits.</summary>
    public static NumberFormat PlainFormatOf(TensorInfo tensor, GgufPlace place) => tensor.Shape.Length < 2 || place.IsSingle ? NumberFormat.Float32 : NumberFormat.Float16;
}
