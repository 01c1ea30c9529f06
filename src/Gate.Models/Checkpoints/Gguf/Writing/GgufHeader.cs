using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Architectures;
using Gate.Models.Architectures.Positions;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Checkpoints.Gguf.Writing;

/// <summary>What a GGUF file of a model says besides its weights: the keys <c>general.*</c>, <c>llama.*</c> and <c>tokenizer.*</c>, and the divisors of
/// its frequencies where it has any. Everything llama.cpp needs is in the one file.</summary>
public sealed class GgufHeader
{
    private const string Family = "llama";
    private const int QuantizationVersion = 2;

    private readonly LlamaSettings _settings;
    private readonly string _folder;
    private readonly float[]? _divisors;
    private readonly GgufKeys _keys;

    private GgufHeader(LlamaSettings settings, string folder, float[]? divisors)
    {
        (_settings, _folder, _divisors) = (settings, folder, divisors);
        _keys = BuildKeys();
    }

    /// <summary>The name of the file in a candidate's folder.</summary>
    public const string FileName = "model.gguf";

    /// <summary>Values per head.</summary>
    internal int HeadSize => _settings.HeadSize;

    /// <summary>What the header of a model will say.</summary>
    /// <param name="dense">A model of the Llama family.</param>
    /// <exception cref="GateException">Exit 2: a model (GATE4120) or tokenizer (GATE4121) that GGUF cannot hold.</exception>
    public static GgufHeader Of(Checkpoint dense)
    {
        if (dense.Configuration.ModelType != Family)
            throw GgufRefusals.Model(dense.Folder, "the family 'llama'", $"'{dense.Configuration.ModelType}'");
        LlamaSettings settings = LlamaSettings.Read(dense.Configuration);
        float[]? divisors = settings.Rotary.Scaling switch
        {
            DefaultRotary or LinearRotary => null,
            Llama3Rotary scaling => Llama3Frequencies.Divisors(scaling, settings.HeadSize / 2, settings.Rotary.Theta)
                ?? throw GgufRefusals.Model(dense.Configuration.Path, "the wave lengths of Llama 3's own scaling (1, 4, 8192)", $"{scaling.Low}, {scaling.High}, {scaling.Original}"),
            RotaryScaling other => throw GgufRefusals.Model(dense.Configuration.Path, "rotary positions that are plain, linear or Llama 3's", other.GetType().Name.Replace("Rotary", "", StringComparison.Ordinal)),
        };
        return new GgufHeader(settings, dense.Folder, divisors);
    }

    /// <summary>Where a tensor of the model goes, or null for one that a loader computes itself.</summary>
    /// <param name="tensor">A tensor of the model.</param>
    /// <exception cref="GateException">Exit 2 (GATE4120): a tensor that Llama models do not have.</exception>
    public GgufPlace? PlaceOf(TensorInfo tensor)
    {
        if (tensor.Name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (_settings.TiedHead && tensor.Name == $"{LlamaTensors.Head}.weight"))
            return null;
        string name = GgufNames.FromArchitecture(tensor.Name) ?? throw GgufRefusals.Model(_folder, "the tensors of a Llama", $"'{tensor.Name}'");
        return new GgufPlace(name, GgufNames.IsInterleaved(tensor.Name) ? HeadSize : 0);
    }

    /// <summary>Tensors the file holds besides the model's own.</summary>
    public ImmutableArray<GgufTensorToWrite> OwnTensors => _divisors is null
        ? []
        : [new GgufTensorToWrite("rope_freqs.weight", GgufBlockFormat.F32, [_divisors.Length], stream => stream.Write(MemoryMarshal.AsBytes<float>(_divisors)))];

    /// <summary>Bytes of a file with these tensors.</summary>
    /// <param name="tensors">All of them, <see cref="OwnTensors"/> included; nothing is written.</param>
    /// <param name="main">The format of most weights.</param>
    public long FileBytes(IEnumerable<GgufTensorToWrite> tensors, GgufBlockFormat main)
    {
        GgufTensorToWrite[] all = [.. tensors];
        return GgufWriter.HeaderBytes(Keys(main), all) + all.Sum(tensor => GgufWriter.Aligned(tensor.Length));
    }

    /// <summary>Writes the file: temporary name, flush, rename.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">All of them, <see cref="OwnTensors"/> included, in the order of the file.</param>
    /// <param name="main">The format of most weights.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="GateException">Exit 4: the folder cannot be written (GATE3030), or the disk is full (GATE3031).</exception>
    public void Write(string folder, IReadOnlyList<GgufTensorToWrite> tensors, GgufBlockFormat main, CancellationToken cancellationToken)
    {
        using var files = new PendingFiles(folder);
        files.Write(FileName, stream => GgufWriter.Write(stream, Keys(main), tensors, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        files.Publish(name => name == FileName);
    }

    /// <summary>Why a candidate computes otherwise than the model it was made from, or null when it does not.</summary>
    /// <param name="dense">The model.</param>
    /// <param name="candidate">The candidate, read back.</param>
    public static string? DifferenceOf(Checkpoint dense, Checkpoint candidate)
    {
        IArchitecture architecture = ArchitectureRegistry.Find(dense.Configuration);
        (string meant, string found) = (architecture.Arithmetic(dense.Configuration), architecture.Arithmetic(candidate.Configuration));
        return meant == found ? null : $"expected {meant}, found {found}";
    }

    private GgufKeys[] Keys(GgufBlockFormat main)
    {
        GgufKeys type = new();
        type.Put("general.file_type", FileTypeOf(main));
        return [_keys, type];
    }

    private GgufKeys BuildKeys()
    {
        GgufKeys keys = new();
        keys.Put("general.architecture", Family);
        keys.Put("general.type", "model");
        keys.Put("general.quantization_version", QuantizationVersion);
        keys.Put("general.alignment", GgufWriter.Alignment);
        keys.Put("llama.block_count", _settings.Layers);
        keys.Put("llama.context_length", _settings.Rotary.MaximumPositions);
        keys.Put("llama.embedding_length", _settings.Hidden);
        keys.Put("llama.feed_forward_length", _settings.Intermediate);
        keys.Put("llama.attention.head_count", _settings.Heads);
        keys.Put("llama.attention.head_count_kv", _settings.KeyValueHeads);
        keys.Put("llama.attention.layer_norm_rms_epsilon", (double)_settings.Epsilon);
        keys.Put("llama.attention.key_length", _settings.HeadSize);
        keys.Put("llama.attention.value_length", _settings.HeadSize);
        keys.Put("llama.rope.dimension_count", _settings.HeadSize);
        keys.Put("llama.rope.freq_base", _settings.Rotary.Theta);
        keys.Put("llama.vocab_size", _settings.Vocabulary);
        if (_settings.Rotary.Scaling is LinearRotary linear)
        {
            keys.Put("llama.rope.scaling.type", "linear");
            keys.Put("llama.rope.scaling.factor", linear.Factor);
        }

        GgufTokenizer.Put(keys, _folder, _settings.Vocabulary);
        return keys;
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

/// <summary>Where a tensor goes in a GGUF file.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="HeadRows">Rows of a head whose two halves are interleaved, or 0 when rows keep their order.</param>
public readonly record struct GgufPlace(string Name, int HeadRows)
{
    /// <summary>Which of the model's rows lies at a row of the file: the halves of a head alternate there, for llama.cpp turns neighbours.</summary>
    public long ModelRow(long storedRow)
    {
        if (HeadRows == 0)
            return storedRow;
        long within = storedRow % HeadRows;
        return storedRow - within + (within / 2) + (within % 2 * (HeadRows / 2));
    }
}
