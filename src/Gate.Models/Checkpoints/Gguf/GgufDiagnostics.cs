using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Gguf;

/// <summary>Refusals about GGUF files. All end with exit 4 and name the file.</summary>
internal static class GgufDiagnostics
{
    /// <summary>GATE3120: not GGUF, or a version of it that Gate does not read.</summary>
    public static GateException NotGguf(string path, string expected, string found) =>
        Refuse("GATE3120", path, $"expected {expected}, found {found}", "Convert the model again with a current converter.");

    /// <summary>GATE3121: the file contradicts itself or ends too early.</summary>
    public static GateException Damaged(string path, string expected, string found) => Refuse(
        "GATE3121", path, $"expected {expected}, found {found}", "Download or convert the file again; compare its size and hash with where it came from.");

    /// <summary>GATE3122: a key that describes the model is missing or wrong.</summary>
    public static GateException Metadata(string path, string key, string expected, string found) =>
        Refuse("GATE3122", path, $"'{key}': expected {expected}, found {found}", "Convert the model again with a current converter.");

    /// <summary>GATE3123: something Gate does not read.</summary>
    public static GateException Unsupported(string path, string expected, string found) => Refuse(
        "GATE3123", path, $"expected {expected}, found {found}", "Judge the model in its safetensors form, or convert it to one of these.");

    /// <summary>GATE3124: more than one file.</summary>
    public static GateException Several(string path, string found) => Refuse(
        "GATE3124", path, $"expected one GGUF file, found {found}", "Name the file to judge; join the parts of one model with llama-gguf-split --merge.");

    /// <summary>GATE3125: a tokenizer Gate does not read from the file.</summary>
    public static GateException Tokenizer(string path, string expected, string found) => Refuse(
        "GATE3125", path, $"expected {expected}, found {found}", "Put the model's own tokenizer.json and tokenizer_config.json beside the file.");

    private static GateException Refuse(string code, string path, string reason, string remedy) =>
        GateException.Input(code, $"{path}: {reason}.", new SourceLocation(path), remedy);
}
