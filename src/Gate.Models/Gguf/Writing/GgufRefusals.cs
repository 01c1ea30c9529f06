using Gate.Diagnostics;

namespace Gate.Models.Gguf.Writing;

/// <summary>Refusals of models that GGUF, or Gate's writer of it, cannot hold. All end with exit 2: another output format would do.</summary>
internal static class GgufRefusals
{
    /// <summary>GATE4120: the family, its positions or a tensor.</summary>
    public static GateException Model(string path, string expected, string found) => Refuse(
        "GATE4120", path, $"expected {expected}, found {found}", "Choose another output.format; docs/formats.md lists the families that GGUF holds.");

    /// <summary>GATE4121: the tokenizer.</summary>
    public static GateException Tokenizer(string path, string expected, string found) => Refuse(
        "GATE4121", path, $"expected {expected}, found {found}",
        "Choose another output.format, or convert with llama.cpp's own script; a file whose tokenizer splits text otherwise would answer otherwise.");

    private static GateException Refuse(string code, string path, string reason, string remedy) =>
        GateException.Usage(code, $"GGUF cannot hold {path}: {reason}.", new SourceLocation(path), remedy);
}
