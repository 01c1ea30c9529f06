using System.Collections.Immutable;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>The stored tensors of one module; remembers which of them a matrix is made of.</summary>
/// <param name="store">The stored tensors.</param>
/// <param name="module">The module, for example <c>model.layers.0.mlp.up_proj</c>.</param>
internal sealed class ModuleParts(TensorStore store, string module)
{
    private static readonly NumberFormat[] Floating = [NumberFormat.BFloat16, NumberFormat.Float16, NumberFormat.Float32];

    private readonly List<TensorInfo> _taken = [];

    /// <summary>The stored tensors.</summary>
    public TensorStore Store => store;

    /// <summary>The module.</summary>
    public string Module => module;

    /// <summary>The tensors found so far, in the order they were asked for.</summary>
    public ImmutableArray<TensorInfo> Taken => [.. _taken];

    /// <summary>The tensor <c>module.suffix</c>, or null.</summary>
    public TensorInfo? Find(string suffix)
    {
        TensorInfo? tensor = store.Find($"{module}.{suffix}");
        if (tensor is not null && !_taken.Contains(tensor))
            _taken.Add(tensor);
        return tensor;
    }

    /// <summary>The tensor <c>module.suffix</c> of one of some formats, small enough to be addressed as a whole.</summary>
    public TensorInfo Require(string suffix, string reason, params NumberFormat[] formats)
    {
        TensorInfo tensor = Find(suffix) ?? throw QuantizedDiagnostics.Missing(store, $"{module}.{suffix}", reason);
        return Checked(tensor, formats);
    }

    /// <summary>The same for a tensor of scales: any floating format.</summary>
    public TensorInfo RequireScales(string suffix) => Require(suffix, "the scales of a quantised matrix", Floating);

    /// <summary>Refuses a tensor of another format, or one too large.</summary>
    public TensorInfo Checked(TensorInfo tensor, params NumberFormat[] formats)
    {
        if (!formats.Contains(tensor.Format))
            throw QuantizedDiagnostics.WrongFormat(store, tensor, formats.Select(StoredFormats.NameOf));
        return tensor.Length <= int.MaxValue ? tensor : throw QuantizedDiagnostics.WrongShape(store, tensor, "of less than 2 GiB");
    }

    /// <summary>Refuses a tensor of another shape than any of those given.</summary>
    public void CheckShape(TensorInfo tensor, params long[][] shapes)
    {
        if (!shapes.Any(shape => tensor.Shape.SequenceEqual(shape)))
            throw QuantizedDiagnostics.WrongShape(store, tensor, string.Join(" or ", shapes.Select(shape => StoredFormats.ShapeText(shape))));
    }

    /// <summary>Refuses a tensor that is not a matrix with rows and columns.</summary>
    public (int Rows, int Columns) RequireMatrix(TensorInfo tensor)
    {
        bool isMatrix = tensor.Shape is [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue];
        return isMatrix ? ((int)tensor.Shape[0], (int)tensor.Shape[1]) : throw QuantizedDiagnostics.WrongShape(store, tensor, "[rows, columns], both at least 1");
    }
}
