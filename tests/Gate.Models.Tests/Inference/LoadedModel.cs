using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>A model of the repository, open with its checkpoint.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly Gate.Models.Model _files;

    private LoadedModel(string folder, InferenceOptions options)
    {
        _files = Gate.Models.Model.Open(folder);
        Model = LanguageModels.Load(_files, options);
    }

    public ILanguageModel Model { get; }

    public static LoadedModel Fixture(string name, int batchTokens = 1024, int threads = 2) =>
        new(Repository.Fixture("architectures", name), Options(threads, batchTokens));

    public static LoadedModel Facts(int batchTokens = 1024, int threads = 2, long keyValueBytes = 1L << 30) =>
        new(Repository.PathOf("samples", "models", "facts-llama"), Options(threads, batchTokens, keyValueBytes));

    public static LoadedModel Folder(string folder) => new(folder, InferenceOptions.Default with { Engine = TestedEngine.Factory });

    private static InferenceOptions Options(int threads, int batchTokens, long keyValueBytes = 1L << 30) =>
        new(new ComputeThreads(threads), batchTokens, keyValueBytes) { Engine = TestedEngine.Factory };

    public float[] Logits(ReadOnlyMemory<int> ids) => Logits(new LogitsRequest(ids));

    public float[] Logits(LogitsRequest request)
    {
        float[] logits = new float[request.Ids.Length * Model.VocabularySize];
        Model.VisitLogits(request, (position, row) => row.CopyTo(logits.AsSpan(position * Model.VocabularySize)));
        return logits;
    }

    public void Dispose()
    {
        Model.Dispose();
        _files.Dispose();
    }
}
