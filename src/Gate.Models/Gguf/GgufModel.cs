using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Checkpoints.Quantized;
using Gate.Models.Checkpoints.Safetensors;
using Gate.Models.Families;

namespace Gate.Models.Gguf;

/// <summary>A Llama in one GGUF file, under the names and in the row order of its architecture.</summary>
internal sealed class GgufModel
{
    private const string Extension = ".gguf";
    private const string FrequencyDivisors = "rope_freqs.weight";

    private readonly GgufFile _gguf;

    private GgufModel(GgufFile gguf, ModelConfiguration configuration, TensorStore store) => (_gguf, Configuration, Store) = (gguf, configuration, store);

    /// <summary>What the metadata says, as a <c>config.json</c> would.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>The tensors as stored.</summary>
    public TensorStore Store { get; }

    /// <summary>The GGUF file that a path means: itself, or the only one in a folder without safetensors; null when it means none.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3124): several.</exception>
    public static string? Find(string path)
    {
        if (File.Exists(path))
            return path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path : null;
        if (!Directory.Exists(path) || File.Exists(Path.Combine(path, CheckpointFolder.SingleFileName)) || File.Exists(Path.Combine(path, ShardIndex.FileName)))
            return null;
        string[] files = [.. Directory.EnumerateFiles(path, "*" + Extension).Order(StringComparer.Ordinal)];
        return files.Length <= 1
            ? files.FirstOrDefault()
            : throw GgufDiagnostics.Several(path, string.Join(", ", files.Take(4).Select(Path.GetFileName)) + (files.Length > 4 ? ", …" : ""));
    }

    /// <summary>Opens a file as the checkpoint it was made from.</summary>
    /// <exception cref="GateException">Exit 4: GATE3120 to GATE3124.</exception>
    public static Checkpoint OpenCheckpoint(string path)
    {
        GgufModel model = Open(path);
        return Checkpoint.Present(model.Configuration, model.Store, model.Present);
    }

    // Checks header and metadata.
    private static GgufModel Open(string path)
    {
        var gguf = GgufFile.Open(path);
        try
        {
            if (gguf.Metadata.TryGetValue("split.count", out object? parts) && parts is long and > 1)
                throw GgufDiagnostics.Several(path, $"one of {parts} parts");
            string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
            return new GgufModel(gguf, GgufConfiguration.Read(gguf), new TensorStore(folder, [gguf.File], gguf.Tensors.Select(tensor => tensor.Stored)));
        }
        catch
        {
            gguf.File.Dispose();
            throw;
        }
    }

    // Plain tensors in their order are read where they lie; the others are computed.
    private ModelTensors Present()
    {
        GgufNames names = GgufNames.Of(FamilyRegistry.Read(Configuration, _ => true));
        var plain = ImmutableArray.CreateBuilder<TensorInfo>();
        var derived = ImmutableArray.CreateBuilder<DerivedTensor>();
        foreach (GgufTensor tensor in _gguf.Tensors.Where(tensor => tensor.Stored.Name != FrequencyDivisors))
        {
            string name = names.ToModel(tensor.Stored.Name);
            int interleaved = names.Find(name)?.HeadRows ?? 0;
            if (interleaved > 0 && (tensor.Shape[0] % interleaved != 0 || interleaved % 2 != 0))
                throw GgufDiagnostics.Damaged(_gguf.File.Path, $"rows of tensor '{tensor.Stored.Name}' that are whole heads of {interleaved}", $"{tensor.Shape[0]}");
            if (tensor.IsPlain && interleaved == 0)
                plain.Add(tensor.Stored with { Name = name });
            else
                derived.Add(new GgufMatrix(name, Store, tensor, interleaved));
        }

        return new ModelTensors(plain.ToImmutable(), derived.ToImmutable(), new QuantizationInfo("gguf", MostUsedFormat(), false));
    }

    // The block format with most bytes; a plain one only when there is no other.
    private string MostUsedFormat() => _gguf.Tensors
        .GroupBy(tensor => tensor.Format)
        .OrderBy(group => GgufTensor.PlainFormatOf(group.Key) is not null)
        .ThenByDescending(group => group.Sum(tensor => tensor.Stored.Length))
        .Select(group => $"{group.Key}")
        .FirstOrDefault("");
}
