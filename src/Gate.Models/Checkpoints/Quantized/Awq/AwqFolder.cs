using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.Awq;

/// <summary>Presents the modules of an AWQ checkpoint in the GEMM layout as matrices.</summary>
internal static class AwqFolder
{
    private const string CodesEnding = ".qweight";

    /// <summary>The tensors of the model.</summary>
    /// <exception cref="GateException">Exit 4: GATE3110 to GATE3118.</exception>
    public static ModelTensors Present(CheckedJson json, TensorStore store)
    {
        int? groupSize = ReadGroupSize(json);
        DerivedTensor[] matrices = [.. store.Tensors
            .Where(tensor => tensor.Name.EndsWith(CodesEnding, StringComparison.Ordinal))
            .Select(tensor => Matrix(groupSize, new ModuleParts(store, tensor.Name[..^CodesEnding.Length])))];
        if (matrices.Length == 0)
            throw QuantizedDiagnostics.Missing(store, $"*{CodesEnding}", "the settings say awq");
        return ModelTensors.Replacing(store, matrices, new QuantizationInfo("awq", "gemm", false));
    }

    private static int? ReadGroupSize(CheckedJson json)
    {
        if (json.Find("version") is { } version && !version.AsString().Equals("gemm", StringComparison.OrdinalIgnoreCase))
            throw Unsupported(version, $"the version '{version.AsString()}'");
        if (json.Find("backend") is { } backend && backend.AsString() != "autoawq")
            throw Unsupported(backend, $"the backend '{backend.AsString()}'");
        CheckedJson bits = json.Find("bits") ?? json.Find("w_bit") ?? json.Require("bits", "4");
        if (bits.AsInt32() != 4)
            throw Unsupported(bits, $"{bits.AsInt32()} bits");
        if ((json.Find("group_size") ?? json.Find("q_group_size")) is not { } size)
            return null;
        return size.AsInt32(-1) switch
        {
            -1 => null,
            0 => throw size.Expected("an integer of at least 1, or -1 for one group"),
            int value => value,
        };
    }

    private static ScaledMatrix Matrix(int? groupSize, ModuleParts parts)
    {
        TensorInfo words = parts.Require("qweight", "the codes", NumberFormat.Int32);
        (int inputs, int packedOutputs) = parts.RequireMatrix(words);
        int outputs = checked(packedOutputs * 8);
        var groups = ColumnGroups.Consecutive(inputs, groupSize ?? inputs);
        TensorInfo scale = parts.RequireScales("scales");
        parts.CheckShape(scale, [groups.Count, outputs]);
        TensorInfo zero = parts.Require("qzeros", "the zero points", NumberFormat.Int32);
        parts.CheckShape(zero, [groups.Count, packedOutputs]);
        return new ScaledMatrix(
            $"{parts.Module}.weight", parts.Taken, new AwqCodes(parts.Store, words, outputs, inputs), groups,
            new AwqParameters(parts.Store, scale, zero, groups.Count), [scale]);
    }

    private static GateException Unsupported(CheckedJson at, string found) =>
        QuantizedDiagnostics.Unsupported(at.Source.Path, QuantizedFolder.LocationOf(at), $"awq with {found}");
}
