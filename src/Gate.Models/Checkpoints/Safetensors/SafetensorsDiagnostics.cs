using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>Refusals about the contents of a safetensors file. All end with exit 4 and name the file.</summary>
internal static class SafetensorsDiagnostics
{
    private const string Damaged = "The file is damaged or was not finished: download or export it again.";

    /// <summary>GATE3008: the file ends before its header does.</summary>
    public static GateException Truncated(string path, string expected, long found) =>
        Refuse("GATE3008", path, $"expected {expected}, found a file of {found} bytes");

    /// <summary>GATE3009: the header claims a length no header has.</summary>
    public static GateException HeaderTooLong(string path, ulong length, long maximum) =>
        Refuse("GATE3009", path, $"expected a header of at most {maximum} bytes, found a header length of {length}");

    /// <summary>GATE3010: the header is not the JSON it should be.</summary>
    public static GateException HeaderMalformed(string path, string expected, string found, Exception? innerException = null) =>
        Refuse("GATE3010", path, $"header: expected {expected}, found {found}", innerException: innerException);

    /// <summary>GATE3011: the entry of a tensor lacks something or holds the wrong kind of value.</summary>
    public static GateException EntryMalformed(string path, string tensor, string key, string expected, string found) =>
        Refuse("GATE3011", path, $"tensor '{tensor}': '{key}': expected {expected}, found {found}");

    /// <summary>GATE3012: the element format is not one Gate reads.</summary>
    public static GateException UnknownFormat(string path, string tensor, string found) => Refuse(
        "GATE3012",
        path,
        $"tensor '{tensor}': 'dtype': expected one of {string.Join(", ", StoredFormats.Names)}, found '{found}'",
        "Convert the checkpoint to bfloat16, float16 or float32 with the tool that made it.");

    /// <summary>GATE3013: shape and format do not give the stored length.</summary>
    public static GateException WrongLength(string path, string tensor, string expected, string found) =>
        Refuse("GATE3013", path, $"tensor '{tensor}': expected {expected}, found {found}");

    /// <summary>GATE3014: offsets outside the file or backwards.</summary>
    public static GateException OutsideFile(string path, string tensor, string expected, string found) =>
        Refuse("GATE3014", path, $"tensor '{tensor}': 'data_offsets': expected {expected}, found {found}");

    /// <summary>GATE3015: two tensors share bytes, or bytes belong to none.</summary>
    public static GateException NotContiguous(string path, string expected, string found) =>
        Refuse("GATE3015", path, $"expected {expected}, found {found}");

    private static GateException Refuse(string code, string path, string message, string remedy = Damaged, Exception? innerException = null) =>
        GateException.Input(code, $"{path}: {message}.", new SourceLocation(path), remedy, innerException);
}
