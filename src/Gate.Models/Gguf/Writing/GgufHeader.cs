using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Checkpoints;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Gguf.Writing;

/// <summary>What a GGUF file of a model says besides its weights: the keys <c>general.*</c>, <c>llama.*</c> and <c>tokenizer.*</c>, and the divisors of
/// its frequencies where it has any. Everything llama.cpp needs is in the one file.</summary>
public sealed class GgufHeader
{
    private const string Family = "llama";
    private const int QuantizationVersion = 2;

    private readonly Blueprint _blueprint;
    private readonly GgufNames _names;
    private readonly string _folder;
    private readonly float[]? _divisors;
    private readonly GgufKeys _keys;

    private GgufHeader(Blueprint blueprint, string folder, float[]? divisors)
    {
        (_blueprint, _folder, _divisors) = (blueprint, folder, divisors);
        _names = GgufNames.Of(blueprint);
        _keys = BuildKeys();
    }

    /// <summary>The name of the file in a candidate's folder.</summary>
    public const string FileName = "model.gguf";

    /// <summary>What the header of a model will say.</summary>
    /// <param name="dense">A model of the Llama family.</param>
    /// <param name="blueprint">Its structure.</param>
    /// <exception cref="GateException">Exit 2: a model (GATE4120) or tokenizer (GATE4121) that GGUF cannot hold.</exception>
    internal static GgufHeader Of(Checkpoint dense, Blueprint blueprint)
    {
        if (blueprint.Family != Family)
            throw GgufRefusals.Model(dense.Folder, "the family 'llama'", $"'{blueprint.Family}'");
        Rotary rotary = RotaryOf(blueprint);
        float[]? divisors = rotary.Scaling switch
        {
            DefaultRotary or LinearRotary => null,
            Llama3Rotary scaling => Llama3Frequencies.Divisors(scaling, rotary.Size / 2, rotary.Theta)
                ?? throw GgufRefusals.Model(dense.Configuration.Path, "the wave lengths of Llama 3's own scaling (1, 4, 8192)", $"{scaling.Low}, {scaling.High}, {scaling.Original}"),
            RotaryScaling other => throw GgufRefusals.Model(dense.Configuration.Path, "rotary positions that are plain, linear or Llama 3's", other.GetType().Name.Replace("Rotary", "", StringComparison.Ordinal)),
        };
        return new GgufHeader(blueprint, dense.Folder, divisors);
    }

    /// <summary>Where a tensor of the model goes, or null for one that a loader computes itself.</summary>
    /// <param name="tensor">A tensor of the model.</param>
    /// <exception cref="GateException">Exit 2 (GATE4120): a tensor that Llama models do not have.</exception>
    public GgufPlace? PlaceOf(TensorInfo tensor)
    {
        if (_blueprint.Tolerated.Any(ending => tensor.Name.EndsWith(ending, StringComparison.Ordinal)) || _blueprint.Copies.Any(copy => copy.Name == tensor.Name))
            return null;
        return _names.Find(tensor.Name) ?? throw GgufRefusals.Model(_folder, "the tensors of a Llama", $"'{tensor.Name}'");
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
        Stack stack = _blueprint.Decoder!;
        Attention attention = (Attention)stack.Blocks[0][0].Branches[0].Module;
        FeedForward feedForward = (FeedForward)stack.Blocks[0][1].Branches[0].Module;
        Rotary rotary = RotaryOf(_blueprint);
        keys.Put("llama.block_count", stack.Blocks.Length);
        keys.Put("llama.context_length", rotary.MaximumPositions);
        keys.Put("llama.embedding_length", stack.Embedding.Width);
        keys.Put("llama.feed_forward_length", feedForward.Up.Outputs);
        keys.Put("llama.attention.head_count", attention.Heads);
        keys.Put("llama.attention.head_count_kv", attention.KeyValueHeads);
        keys.Put("llama.attention.layer_norm_rms_epsilon", (double)stack.FinalNorm!.Epsilon);
        keys.Put("llama.attention.key_length", attention.HeadSize);
        keys.Put("llama.attention.value_length", attention.HeadSize);
        keys.Put("llama.rope.dimension_count", rotary.Size);
        keys.Put("llama.rope.freq_base", rotary.Theta);
        keys.Put("llama.vocab_size", stack.Embedding.Table.Outputs);
        if (rotary.Scaling is LinearRotary linear)
        {
            keys.Put("llama.rope.scaling.type", "linear");
            keys.Put("llama.rope.scaling.factor", linear.Factor);
        }

        GgufTokenizer.Put(keys, _folder, stack.Embedding.Table.Outputs);
        return keys;
    }

    private static Rotary RotaryOf(Blueprint blueprint) => (Rotary)((Attention)blueprint.Decoder!.Blocks[0][0].Branches[0].Module).Positions!;

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
