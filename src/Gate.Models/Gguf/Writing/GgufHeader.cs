using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Gguf.Writing;

/// <summary>What a GGUF file of a model says besides its weights: the keys of its architecture and its tokenizer, and the divisors of its frequencies
/// where it has any. Everything llama.cpp needs is in the one file. A header is read back before it is given out: what it cannot say is refused.</summary>
public sealed class GgufHeader
{
    private const int QuantizationVersion = 2;

    private readonly Blueprint _blueprint;
    private readonly Blueprint _readBack;
    private readonly GgufNames _names;
    private readonly GgufNames _readNames;
    private readonly string _folder;
    private readonly ImmutableArray<(string Name, float[] Values)> _scaling;
    private readonly GgufKeys _keys = new();

    private GgufHeader(Checkpoint dense, Blueprint blueprint, GgufFamily family)
    {
        (_blueprint, _folder, _names) = (blueprint, dense.Folder, GgufNames.Of(blueprint, family));
        _scaling = GgufScaling.TensorsOf(GgufShape.RotaryOf(blueprint), family);
        IReadOnlyList<(string Key, object Value)> metadata = GgufMetadata.Of(blueprint, family);
        _readBack = ReadBack(dense.Configuration.Path, metadata, family);
        _readNames = GgufNames.Of(_readBack, family);
        PutKeys(family, metadata);
        GgufTokenizer.Put(_keys, _folder, blueprint.Decoder!.Embedding.Table.Outputs);
    }

    /// <summary>The name of the file in a candidate's folder.</summary>
    public const string FileName = "model.gguf";

    /// <summary>What the header of a model will say.</summary>
    /// <param name="dense">The model.</param>
    /// <param name="blueprint">Its structure.</param>
    /// <exception cref="GateException">Exit 2: a model (GATE4120) or tokenizer (GATE4121) that GGUF cannot hold.</exception>
    internal static GgufHeader Of(Checkpoint dense, Blueprint blueprint)
    {
        GgufFamily family = GgufFamily.Find(blueprint.Family)
            ?? throw GgufRefusals.Model(dense.Folder, $"a family of {string.Join(", ", GgufFamily.Families)}", $"'{blueprint.Family}'");
        bool isTied = blueprint.Head.Projection.Matrix.Tensor == blueprint.Decoder!.Embedding.Table.Tensor;
        if (isTied && family.Head == GgufHead.Own)
            throw GgufRefusals.Model(dense.Folder, $"a matrix of its own behind the last block, which the architecture '{family.Architecture}' must have", "the embedding (tie_word_embeddings)");
        if (!isTied && family.Head == GgufHead.Tied)
            throw GgufRefusals.Model(dense.Folder, $"the embedding behind the last block, as the architecture '{family.Architecture}' has it", "a matrix of its own (tie_word_embeddings)");
        return new GgufHeader(dense, blueprint, family);
    }

    /// <summary>Where a tensor of the model goes, or null for one that a loader computes itself.</summary>
    /// <param name="tensor">A tensor of the model.</param>
    /// <exception cref="GateException">Exit 2 (GATE4120): a tensor that the architecture does not have.</exception>
    public GgufPlace? PlaceOf(TensorInfo tensor)
    {
        if (_names.Find(tensor.Name) is { } place)
            return place;
        return _blueprint.Tolerated.Any(ending => tensor.Name.EndsWith(ending, StringComparison.Ordinal))
            || _blueprint.LeftAlone.Any(beginning => tensor.Name.StartsWith(beginning, StringComparison.Ordinal))
            || _blueprint.Copies.Any(copy => copy.Name == tensor.Name)
            ? null
            : throw GgufRefusals.Model(_folder, $"the tensors of a {_blueprint.Family}", $"'{tensor.Name}'");
    }

    /// <summary>The name under which a reader of the file presents a tensor of the model.</summary>
    /// <param name="tensor">A tensor of the model that goes into the file.</param>
    public string PresentedName(TensorInfo tensor) => _readNames.ToModel(PlaceOf(tensor)!.Name);

    /// <summary>Why a model that was read from the file computes otherwise than the header says, or null when it does not.</summary>
    public string? DifferenceOf(Model candidate) => ArithmeticText.Difference(_readBack, candidate.Blueprint);

    /// <summary>Tensors the file holds besides the model's own.</summary>
    public ImmutableArray<GgufTensorToWrite> OwnTensors =>
    [
        .. _scaling.Select(tensor => new GgufTensorToWrite(
            tensor.Name, GgufBlockFormat.F32, [tensor.Values.Length], stream => stream.Write(MemoryMarshal.AsBytes<float>(tensor.Values)))),
    ];

    /// <summary>Bytes of a file with these tensors.</summary>
    /// <param name="tensors">All of them, <see cref="OwnTensors"/> included; nothing is written.</param>
    /// <param name="main">The format of most weights.</param>
    public long FileBytes(IEnumerable<GgufTensorToWrite> tensors, GgufBlockFormat main)
    {
        IReadOnlyList<GgufTensorToWrite> all = Stacked([.. tensors]);
        return GgufWriter.HeaderBytes(Keys(main), all) + all.Sum(tensor => GgufWriter.Aligned(tensor.Length));
    }

    /// <summary>Writes the file: temporary name, flush, rename.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">All of them, <see cref="OwnTensors"/> included, in the order of the file.</param>
    /// <param name="main">The format of most weights.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="GateException">Exit 2 (GATE4120): experts of one block in several formats; exit 4: the folder cannot be written (GATE3030), or the disk
    /// is full (GATE3031).</exception>
    public void Write(string folder, IReadOnlyList<GgufTensorToWrite> tensors, GgufBlockFormat main, CancellationToken cancellationToken)
    {
        using var files = new PendingFiles(folder);
        IReadOnlyList<GgufTensorToWrite> all = Stacked(tensors);
        files.Write(FileName, stream => GgufWriter.Write(stream, Keys(main), all, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        files.Publish(name => name == FileName);
    }

    private Blueprint ReadBack(string path, IReadOnlyList<(string Key, object Value)> metadata, GgufFamily family)
    {
        Dictionary<string, object?> keys = metadata.ToDictionary(pair => pair.Key, pair => (object?)AsRead(pair.Value), StringComparer.Ordinal);
        keys["general.architecture"] = family.Architecture;
        Dictionary<string, ImmutableArray<long>> layout = TensorLayout.Of(_blueprint).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
        Dictionary<string, ImmutableArray<long>> shapes = _names.Places.ToDictionary(pair => pair.Value.Name, pair => layout[pair.Key], StringComparer.Ordinal);
        foreach ((string name, float[] values) in _scaling)
            shapes[name] = [values.Length];
        GgufContent content = new(
            path, keys, name => shapes.TryGetValue(name, out ImmutableArray<long> shape) ? shape : null, name => _scaling.First(tensor => tensor.Name == name).Values);
        Blueprint read;
        try
        {
            read = GgufConfiguration.Read(content).Blueprint;
        }
        catch (GateException exception)
        {
            throw GgufRefusals.Model(path, $"what the architecture '{family.Architecture}' of llama.cpp computes", $"keys that are refused when they are read back ({exception.Message})");
        }

        return ArithmeticText.DifferenceBesidesNames(AsComputed(family), read) is { } difference
            ? throw GgufRefusals.Model(path, $"what the architecture '{family.Architecture}' of llama.cpp computes", $"something its keys cannot say ({difference})")
            : read;
    }

    // llama.cpp makes some constants itself, in binary32.
    private Blueprint AsComputed(GgufFamily family) => !family.ScalesByRoot ? _blueprint : _blueprint with
    {
        Decoder = _blueprint.Decoder! with { Embedding = _blueprint.Decoder.Embedding with { Scale = MathF.Sqrt(_blueprint.Decoder.Embedding.Width) } },
    };

    private static object AsRead(object value) => value switch
    {
        int number => (long)number,
        double number => (double)(float)number,
        _ => value,
    };

    private GgufKeys[] Keys(GgufBlockFormat main)
    {
        GgufKeys type = new();
        type.Put("general.file_type", FileTypeOf(main));
        return [_keys, type];
    }

    private void PutKeys(GgufFamily family, IReadOnlyList<(string Key, object Value)> metadata)
    {
        _keys.Put("general.architecture", family.Architecture);
        _keys.Put("general.type", "model");
        _keys.Put("general.quantization_version", QuantizationVersion);
        _keys.Put("general.alignment", GgufWriter.Alignment);
        foreach ((string key, object value) in metadata)
        {
            switch (value)
            {
                case int number:
                    _keys.Put(key, number);
                    break;
                case double number:
                    _keys.Put(key, number);
                    break;
                case bool flag:
                    _keys.Put(key, flag);
                    break;
                default:
                    _keys.Put(key, (string)value);
                    break;
            }
        }
    }

    // The parts of a tensor are written one behind the other, where the first of them stands.
    private IReadOnlyList<GgufTensorToWrite> Stacked(IReadOnlyList<GgufTensorToWrite> tensors) =>
    [
        .. tensors.GroupBy(tensor => GgufNames.WholeOf(tensor.Name) ?? tensor.Name, StringComparer.Ordinal).Select(group =>
            GgufNames.WholeOf(group.First().Name) is null ? group.First() : Stack(group.Key, [.. group.OrderBy(part => GgufNames.IndexOf(part.Name))])),
    ];

    private GgufTensorToWrite Stack(string name, GgufTensorToWrite[] parts)
    {
        if (parts.FirstOrDefault(part => part.Format != parts[0].Format) is { } other)
            throw GgufRefusals.Model(_folder, $"all experts of '{name}' in one format", $"{parts[0].Format} and {other.Format}");
        return new GgufTensorToWrite(name, parts[0].Format, [parts.Length, .. parts[0].Shape], stream => Array.ForEach(parts, part => part.Write(stream)));
    }

    // llama.cpp's numbers for "mostly this format"; K formats by the name of their plain variant.
    private static int FileTypeOf(GgufBlockFormat main) => main switch
    {
        GgufBlockFormat.F32 => 0,
        GgufBlockFormat.Q4_0 => 2,
        GgufBlockFormat.Q4_1 => 3,
        GgufBlockFormat.Q8_0 => 7,
        GgufBlockFormat.Q4_K => 14,
        GgufBlockFormat.Q6_K => 18,
        _ => 1,
    };
}
