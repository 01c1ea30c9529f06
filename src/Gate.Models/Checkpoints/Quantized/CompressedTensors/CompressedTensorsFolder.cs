using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Numerics.LinearAlgebra.Int8;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>Presents the modules of a compressed-tensors checkpoint (0.3 to 0.18) as matrices.</summary>
internal static class CompressedTensorsFolder
{
    private static readonly string[] ActivationSuffixes = ["input_scale", "input_zero_point", "output_scale", "output_zero_point", "input_g_idx"];

    /// <summary>The tensors of the model.</summary>
    /// <exception cref="GateException">Exit 4: GATE3110 to GATE3119.</exception>
    public static ModelTensors Present(CheckedJson json, TensorStore store)
    {
        var settings = CompressedTensorsSettings.Read(json);
        DerivedTensor[] matrices = [.. ModulesOf(store).Select(module => Matrix(json, settings, new ModuleParts(store, module)))];
        return matrices.Length == 0
            ? ModelTensors.Unchanged(store)
            : ModelTensors.Replacing(store, matrices, new QuantizationInfo("compressed-tensors", settings.Format, settings.QuantizesActivations));
    }

    private static IEnumerable<string> ModulesOf(TensorStore store)
    {
        foreach (TensorInfo tensor in store.Tensors)
        {
            if (Stem(tensor.Name, ".weight_packed") is { } packed)
                yield return packed;
            else if (Stem(tensor.Name, ".compressed") is { } sparse)
                yield return sparse;
            else if (tensor.Format is NumberFormat.Int8 or NumberFormat.Float8E4M3 && Stem(tensor.Name, ".weight") is { } plain)
                yield return plain;
        }
    }

    private static string? Stem(string name, string ending) => name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : null;

    private static DerivedTensor Matrix(CheckedJson json, CompressedTensorsSettings settings, ModuleParts parts)
    {
        TensorStore store = parts.Store;
        if (store.Find($"{parts.Module}.compressed") is not null)
            return Sparse(json, settings, parts);
        WeightScheme scheme = SchemeOf(json, settings, parts.Module);
        if (store.Find($"{parts.Module}.weight_packed") is not null)
        {
            if (scheme.Format != "pack-quantized")
                throw json.Refuse($"expected module '{parts.Module}' in the format '{scheme.Format}', found packed weights");
            return Scaled(settings, scheme, parts, Packed(settings, scheme, parts));
        }

        NumberFormat expected = scheme.IsFloat ? NumberFormat.Float8E4M3 : NumberFormat.Int8;
        if (scheme.Format == "pack-quantized")
            throw QuantizedDiagnostics.Missing(store, $"{parts.Module}.weight_packed", "the format is pack-quantized");
        TensorInfo weight = parts.Require("weight", "the codes", expected);
        (int rows, int columns) = parts.RequireMatrix(weight);
        return Scaled(settings, scheme, parts, new ElementCodes(store, weight, rows, columns));
    }

    private static DerivedTensor Sparse(CheckedJson json, CompressedTensorsSettings settings, ModuleParts parts)
    {
        bool isTwoOfFour = settings.SparseFormat is { } format
            ? format == "sparse-24-bitmask"
            : throw json.Refuse($"expected a sparsity_config with the format of module '{parts.Module}', which is stored sparsely");
        SparseCodes codes = SparseCodes.Open(parts, isTwoOfFour);
        string module = Stem(parts.Module, ".weight") ?? parts.Module;
        if (parts.Store.Find($"{module}.weight_scale") is null)
        {
            parts.Checked(parts.Taken[0], NumberFormat.BFloat16, NumberFormat.Float16, NumberFormat.Float32);
            return new UnscaledMatrix($"{module}.weight", parts.Taken, codes);
        }

        ModuleParts scaled = new(parts.Store, module);
        return Scaled(settings, SchemeOf(json, settings, module), scaled, codes, parts.Taken);
    }

    private static WeightScheme SchemeOf(CheckedJson json, CompressedTensorsSettings settings, string module) =>
        settings.SchemeOf(module) ?? throw json.Refuse($"expected a group of config_groups that covers module '{module}', which is stored quantised, found none (or the module under 'ignore')");

    private static PackedCodes Packed(CompressedTensorsSettings settings, WeightScheme scheme, ModuleParts parts)
    {
        TensorInfo words = parts.Require("weight_packed", "the codes", NumberFormat.Int32);
        TensorInfo shape = parts.Require("weight_shape", "the extents of the matrix", NumberFormat.Int64, NumberFormat.Int32);
        parts.CheckShape(shape, [2]);
        ReadOnlySpan<byte> extents = parts.Store.ReadAll(shape);
        (long rows, long columns) = shape.Format == NumberFormat.Int64
            ? (MemoryMarshal.Cast<byte, long>(extents)[0], MemoryMarshal.Cast<byte, long>(extents)[1])
            : (MemoryMarshal.Cast<byte, int>(extents)[0], MemoryMarshal.Cast<byte, int>(extents)[1]);
        if (rows is < 1 or > int.MaxValue || columns is < 1 or > int.MaxValue)
            throw QuantizedDiagnostics.OutOfRange(parts.Store, shape, $"expected a matrix of at least one row and column, found [{rows}, {columns}]");

        // The width says which layout it is; where both are equally wide, the version does.
        long dense = ((columns * scheme.Bits) + 31) / 32, padded = (columns + (32 / scheme.Bits) - 1) / (32 / scheme.Bits);
        parts.CheckShape(words, [rows, dense], [rows, padded]);
        bool isDense = dense == padded ? settings.PacksDensely : words.Shape[1] == dense;
        return new PackedCodes(parts.Store, words, (int)rows, (int)columns, scheme.Bits, isDense);
    }

    private static ScaledMatrix Scaled(
        CompressedTensorsSettings settings, WeightScheme scheme, ModuleParts parts, MatrixCodes codes, ImmutableArray<TensorInfo> codeParts = default)
    {
        (int sharedRows, int width) = scheme.Sharing switch
        {
            ScaleSharing.Tensor => (codes.Rows, codes.Columns),
            ScaleSharing.Channel => (1, codes.Columns),
            ScaleSharing.Group => (1, scheme.GroupSize),
            _ => scheme.Block,
        };
        var groups = ColumnGroups.Consecutive(codes.Columns, width);
        int rows = (codes.Rows + sharedRows - 1) / sharedRows;
        TensorInfo scale = parts.RequireScales("weight_scale");
        parts.CheckShape(scale, ZeroPoints.Shapes(rows, groups.Count));
        var zero = ZeroPoints.Find(parts, scheme, rows, groups.Count, settings.PacksDensely);
        if (scheme.Sharing == ScaleSharing.Group)
            groups = groups.Reordered(parts, "weight_g_idx", codes.Columns);
        foreach (string suffix in ActivationSuffixes)
            parts.Find(suffix);
        ImmutableArray<TensorInfo> taken = codeParts.IsDefault ? parts.Taken : [.. codeParts, .. parts.Taken];
        return new ScaledMatrix(
            $"{parts.Module}.weight", taken, codes, groups, new RowParameters(parts.Store, scale, zero, sharedRows, groups.Count), [scale])
        {
            HasIntegerActivations = scheme is { HasIntegerActivations: true, IsFloat: false } && zero is null && groups.Index is null
                && Int8Matrix.CanHold(codes.Columns, groups.Size),
        };
    }
}
