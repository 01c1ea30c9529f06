using Gate.Models.Checkpoints;
using Gate.Models.Inference;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>A model of the repository, open with its checkpoint.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly Checkpoint _checkpoint;

    private LoadedModel(string folder, InferenceOptions options)
        : this(Checkpoint.Open(folder), checkpoint => LanguageModels.Load(checkpoint, options))
    {
    }

    private LoadedModel(Checkpoint checkpoint, Func<Checkpoint, ILanguageModel> load)
    {
        _checkpoint = checkpoint;
        Model = load(checkpoint);
    }

    public ILanguageModel Model { get; }

    public static LoadedModel Fixture(string name, int batchTokens = 1024, int threads = 2) =>
        new(Repository.Fixture("architectures", name), new InferenceOptions(new ComputeThreads(threads), batchTokens));

    public static LoadedModel Facts(int batchTokens = 1024, int threads = 2, long keyValueBytes = 1L << 30) =>
        new(Repository.PathOf("samples", "models", "facts-llama"), new InferenceOptions(new ComputeThreads(threads), batchTokens, keyValueBytes));

    public static LoadedModel Folder(string folder) => new(folder, InferenceOptions.Default);

    public static LoadedModel WithRoundedFrequencies(string folder) => new(Checkpoint.Open(folder), checkpoint =>
    {
        LlamaSettings settings = LlamaSettings.Read(checkpoint.Configuration);
        settings = settings with { Rotary = settings.Rotary with { Scaling = new BFloat16Frequencies(settings.Rotary.Scaling) } };
        ManagedEngine engine = new(InferenceOptions.Default.Threads);
        LlamaDecoder decoder = new(settings, new ModelWeights(checkpoint), engine);
        return new LocalLanguageModel(new ModelDescription(checkpoint, new Llama(), engine.Name, null), decoder, engine, InferenceOptions.Default);
    });

    public float[] Logits(ReadOnlyMemory<int> ids)
    {
        float[] logits = new float[ids.Length * Model.VocabularySize];
        Model.VisitLogits(ids, (position, row) => row.CopyTo(logits.AsSpan(position * Model.VocabularySize)));
        return logits;
    }

    public void Dispose()
    {
        Model.Dispose();
        _checkpoint.Dispose();
    }
}

/// <summary>A scaling whose frequencies are rounded to bfloat16, to the nearest, ties to even.</summary>
internal sealed record BFloat16Frequencies(RotaryScaling Inner) : RotaryScaling
{
    public override float[] Frequencies(RotarySettings settings, int length) => [.. Inner.Frequencies(settings, length).Select(Round)];

    private static float Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
    }
}
