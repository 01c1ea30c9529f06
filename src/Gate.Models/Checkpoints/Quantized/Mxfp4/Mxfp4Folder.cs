using Gate.Diagnostics;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.Mxfp4;

/// <summary>Presents the stacked experts of a GPT-OSS checkpoint as matrices, one for each expert.</summary>
internal static class Mxfp4Folder
{
    private const string BlocksEnding = "_blocks", ScalesEnding = "_scales";

    /// <summary>The tensors of the model.</summary>
    /// <exception cref="GateException">Exit 4: GATE3112 to GATE3118.</exception>
    public static ModelTensors Present(TensorStore store)
    {
        DerivedTensor[] matrices = [.. store.Tensors.Where(tensor => tensor.Name.EndsWith(BlocksEnding, StringComparison.Ordinal)).SelectMany(tensor => Matrices(store, tensor))];
        if (matrices.Length == 0)
            throw QuantizedDiagnostics.Missing(store, $"*{BlocksEnding}", "the settings say mxfp4");
        return ModelTensors.Replacing(store, matrices, new QuantizationInfo("mxfp4", "", false));
    }

    private static IEnumerable<Mxfp4Matrix> Matrices(TensorStore store, TensorInfo blocks)
    {
        string stack = blocks.Name[..^BlocksEnding.Length];
        TensorInfo scales = store.Find(stack + ScalesEnding) ?? throw QuantizedDiagnostics.Missing(store, stack + ScalesEnding, "the scales of an MXFP4 matrix");
        RequireBytes(store, blocks);
        RequireBytes(store, scales);
        if (blocks.Shape.Length != 4 || blocks.Shape[3] != Mxfp4Matrix.BlockBytes || blocks.Shape.Any(extent => extent is < 1 or > int.MaxValue / Mxfp4Matrix.BlockLength))
            throw QuantizedDiagnostics.WrongShape(store, blocks, $"[experts, outputs, inputs / {Mxfp4Matrix.BlockLength}, {Mxfp4Matrix.BlockBytes}]");
        if (!scales.Shape.SequenceEqual(blocks.Shape[..3]))
            throw QuantizedDiagnostics.WrongShape(store, scales, StoredFormats.ShapeText(blocks.Shape[..3]));

        // model.layers.0.mlp.experts.down_proj is, for expert 3, model.layers.0.mlp.experts.3.down_proj.
        int dot = stack.LastIndexOf('.');
        for (int expert = 0; expert < blocks.Shape[0]; expert++)
            yield return new Mxfp4Matrix($"{stack[..dot]}.{expert}{stack[dot..]}.weight", store, blocks.Slice(expert), scales.Slice(expert));
    }

    private static void RequireBytes(TensorStore store, TensorInfo tensor)
    {
        if (tensor.Format != NumberFormat.UInt8)
            throw QuantizedDiagnostics.WrongFormat(store, tensor, [StoredFormats.NameOf(NumberFormat.UInt8)]);
    }
}
