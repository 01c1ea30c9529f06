using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized.Gptq;

/// <summary>Presents the modules of a GPTQ checkpoint as matrices.</summary>
internal static class GptqFolder
{
    private const string CodesEnding = ".qweight";

    /// <summary>The tensors of the model.</summary>
    /// <exception cref="GateException">Exit 4: GATE3110 to GATE3118.</exception>
    public static ModelTensors Present(CheckedJson json, TensorStore store)
    {
        var settings = GptqSettings.Read(json);
        DerivedTensor[] matrices = [.. store.Tensors
            .Where(tensor => tensor.Name.EndsWith(CodesEnding, StringComparison.Ordinal))
            .Select(tensor => Matrix(settings, new ModuleParts(store, tensor.Name[..^CodesEnding.Length])))];
        if (matrices.Length == 0)
            throw QuantizedDiagnostics.Missing(store, $"*{CodesEnding}", "the settings say gptq");
        return ModelTensors.Replacing(store, matrices, new QuantizationInfo("gptq", settings.Version == 1 ? "gptq" : "gptq_v2", false));
    }

    private static ScaledMatrix Matrix(GptqSettings global, ModuleParts parts)
    {
        GptqSettings settings = global.For(parts.Module);
        TensorInfo words = parts.Require("qweight", "the codes", NumberFormat.Int32);
        (int packedInputs, int outputs) = parts.RequireMatrix(words);
        long inputs = (long)packedInputs * 32 / settings.Bits;
        if (packedInputs % settings.Bits != 0 || outputs % 32 != 0 || inputs > int.MaxValue)
        {
            throw QuantizedDiagnostics.WrongShape(
                parts.Store, words, $"[inputs · {settings.Bits} / 32, outputs] with inputs and outputs multiples of 32");
        }

        var groups = ColumnGroups.Consecutive((int)inputs, settings.GroupSize ?? (int)inputs);
        TensorInfo scale = parts.RequireScales("scales");
        parts.CheckShape(scale, [groups.Count, outputs]);
        TensorInfo zero = parts.Require("qzeros", "the zero points", NumberFormat.Int32);
        parts.CheckShape(zero, [groups.Count, (long)outputs * settings.Bits / 32]);
        groups = groups.Reordered(parts, "g_idx", (int)inputs);
        return new ScaledMatrix(
            $"{parts.Module}.weight", parts.Taken, new GptqCodes(parts.Store, words, outputs, (int)inputs, settings.Bits), groups,
            new GptqParameters(parts.Store, scale, zero, groups.Count, settings.Bits, settings.Version), [scale]);
    }
}
