using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Compression.Export;

/// <summary>Reads and writes <c>gate-compression.json</c>.</summary>
internal static class SidecarFile
{
    /// <summary>Its name in a candidate's folder.</summary>
    public const string Name = "gate-compression.json";

    private const long MaximumBytes = 256 << 20;

    /// <summary>The file's bytes; the same for the same sidecar.</summary>
    public static byte[] Serialize(Sidecar sidecar) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(sidecar, SidecarJson.Default.Sidecar), (byte)'\n'];

    /// <summary>The sidecar of a folder, or null when it has none.</summary>
    /// <exception cref="GateException">Exit 4 (GATE4040): malformed or of another version.</exception>
    public static Sidecar? Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaximumBytes)
                throw Malformed(path, $"expected at most {MaximumBytes} bytes, found {length}");
            byte[] bytes = RegularFile.ReadAllBytes(path);
            if (JsonUnicode.FindBroken(bytes) is >= 0 and int broken)
                throw Malformed(path, "expected UTF-8 text with surrogate escapes in pairs", bytes.AsSpan(0, broken).Count((byte)'\n') + 1);
            EnsureVersion(path, bytes);
            return JsonSerializer.Deserialize(bytes, SidecarJson.Default.Sidecar) ?? throw Malformed(path, "expected an object, found null");
        }
        catch (JsonException exception)
        {
            throw Malformed(path, exception.Message, (int)(exception.LineNumber ?? -1) + 1, exception);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Malformed(path, exception.Message, 0, exception);
        }
    }

    /// <summary>Names of the files an earlier run wrote beside the sidecar.</summary>
    public static IReadOnlyList<string> ReadFileNames(string folder) => Read(folder) is { Files.IsDefault: false } sidecar ? sidecar.Files : [];

    /// <summary>The outcome a candidate's sidecar states, held against the candidate itself.</summary>
    /// <exception cref="GateException">Exit 4: malformed (GATE4040), or not of these weights (GATE4041).</exception>
    public static CompressionOutcome? ReadVerified(Checkpoint candidate)
    {
        if (Read(candidate.Folder) is not { } sidecar)
            return null;
        string path = Path.Combine(candidate.Folder, Name);
        CompressionOutcome outcome = sidecar.Outcome;
        if (sidecar.Files.IsDefault || outcome.Layers.IsDefaultOrEmpty)
            throw Malformed(path, "expected the list of files and at least one layer");
        if (!(outcome.Sparsity is >= 0 and <= 1 && outcome.TheoreticalCompressionRate is >= 0 and <= 1
            && outcome.Bits is >= 0 and <= 16 && outcome.BitsPerWeight >= 0 && outcome.PackedBytes > 0 && outcome.DenseBytes16 > 0))
        {
            throw Malformed(path, "a size or share is outside its range");
        }

        foreach (CompressedLayer compressed in outcome.Layers)
        {
            TensorInfo? tensor = candidate.Find(compressed.Layer.WeightTensor);
            if (tensor is null || !tensor.Shape.SequenceEqual([(long)compressed.Layer.Outputs, compressed.Layer.Inputs]))
                throw Mismatch(path, $"layer {compressed.Layer.Name} of shape [{compressed.Layer.Outputs}, {compressed.Layer.Inputs}] is not in the weights");
            if (!(compressed.Sparsity is >= 0 and <= 1 && compressed.Bits is >= 2 and <= 16 && compressed.WeightError >= 0))
                throw Malformed(path, $"layer {compressed.Layer.Name} has a number outside its range");
        }

        string hash = candidate.ComputeWeightsHash();
        if (hash != outcome.CandidateWeightsHash)
            throw Mismatch(path, $"expected weights with hash {outcome.CandidateWeightsHash}, found {hash}");
        return SidecarMeasurement.Disagreement(candidate, sidecar) is string disagreement ? throw Disagrees(path, disagreement) : outcome;
    }

    private static void EnsureVersion(string path, byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != Sidecar.FormatName)
        {
            throw Malformed(path, $"expected an object with \"format\": \"{Sidecar.FormatName}\"");
        }

        if (!root.TryGetProperty("version", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number))
            throw Malformed(path, "expected a whole number under \"version\"");
        if (number != Sidecar.CurrentVersion)
            throw Malformed(path, $"expected version {Sidecar.CurrentVersion}, found {number}");
    }

    private static GateException Malformed(string path, string what, int line = 0, Exception? cause = null) => GateException.Input(
        "GATE4040", $"The sidecar {path} cannot be used: {what.TrimEnd('.')}.", new SourceLocation(path, line),
        "Compress again, or remove the file to have the folder judged as a candidate made elsewhere.", cause);

    public static GateException Disagrees(string path, string what) => GateException.Input(
        "GATE2013", $"The sidecar {path} says other than the weights beside it: {what}.", new SourceLocation(path),
        "Compress again, or remove the file to have bits, zeros and TCr measured from the tensors alone.");

    private static GateException Mismatch(string path, string what) => GateException.Input(
        "GATE4041", $"The sidecar {path} does not belong to the weights beside it: {what}.", new SourceLocation(path),
        "Compress again, or remove the file to have the folder judged as a candidate made elsewhere.");
}
