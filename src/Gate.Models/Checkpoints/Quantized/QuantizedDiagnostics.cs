using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>Refusals about quantised checkpoints. All end with exit 4 and name the file.</summary>
internal static class QuantizedDiagnostics
{
    /// <summary>The code of settings that are wrong.</summary>
    public const string SettingsCode = "GATE3111";

    /// <summary>What to do about settings that are wrong.</summary>
    public const string SettingsRemedy = "Export the candidate again, or correct the quantisation settings; they must describe the tensors beside them.";

    private const string Damaged = "The settings and the tensors do not belong together, or the file is damaged: export the candidate again.";

    /// <summary>GATE3110: a format Gate knows the name of, or does not, but cannot read.</summary>
    public static GateException Unsupported(string path, SourceLocation location, string found) => GateException.Input(
        "GATE3110",
        $"{path}: expected weights in a format Gate reads (compressed-tensors pack-quantized, int-quantized, naive-quantized or float-quantized; gptq, "
        + $"gptq_v2; awq gemm; mxfp4; GGUF; or plain 16- or 32-bit numbers), found {found}.",
        location,
        "Export the candidate in one of these formats, or expand it to 16 bit with the tool that made it.");

    /// <summary>GATE3112: a packed matrix lacks one of its tensors.</summary>
    public static GateException Missing(TensorStore store, string name, string reason) => GateException.Input(
        "GATE3112", $"{store.Folder}: expected tensor '{name}' ({reason}), found none of that name.", new SourceLocation(store.Folder), Damaged);

    /// <summary>GATE3113: a part of a packed matrix has another shape than the settings and the other parts give it.</summary>
    public static GateException WrongShape(TensorStore store, TensorInfo tensor, string expected) =>
        Refuse("GATE3113", store, tensor, $"expected shape {expected}, found {tensor.ShapeText}");

    /// <summary>GATE3114: a part of a packed matrix is in another element format.</summary>
    public static GateException WrongFormat(TensorStore store, TensorInfo tensor, IEnumerable<string> expected) =>
        Refuse("GATE3114", store, tensor, $"expected {string.Join(" or ", expected)}, found {StoredFormats.NameOf(tensor.Format)}");

    /// <summary>GATE3116: an index outside its range.</summary>
    public static GateException OutOfRange(TensorStore store, TensorInfo tensor, string reason) => Refuse("GATE3116", store, tensor, reason);

    /// <summary>GATE3118: a weight stored packed and plain.</summary>
    public static GateException StoredTwice(TensorStore store, TensorInfo matrix) => Refuse(
        "GATE3118", store, matrix, "expected the matrix once, found it packed and plain under the same name");

    /// <summary>GATE3119: a sparsity mask that does not fit the kept values.</summary>
    public static GateException MaskMismatch(TensorStore store, TensorInfo mask, string reason) => Refuse("GATE3119", store, mask, reason);

    /// <summary>Refuses a matrix whose scales are not all finite (GATE3115).</summary>
    public static void RequireFiniteScales(Checkpoint checkpoint, DerivedTensor matrix)
    {
        foreach (TensorInfo scale in matrix.Scales)
        {
            if (FiniteCheck.FindFirst(checkpoint, scale) is not { } found)
                continue;
            string path = Path.Combine(checkpoint.Folder, scale.File);
            throw GateException.Input(
                "GATE3115",
                $"{path}: tensor '{scale.Name}': expected finite scales, found {found.Value} at [{string.Join(", ", found.Index)}].",
                new SourceLocation(path),
                "The quantiser divided by zero or overflowed: quantise again, with scales in bfloat16 if the model was trained so.");
        }
    }

    private static GateException Refuse(string code, TensorStore store, TensorInfo tensor, string reason) => GateException.Input(
        code, $"{store.PathOf(tensor)}: tensor '{tensor.Name}': {reason}.", new SourceLocation(store.PathOf(tensor)), Damaged);
}
