using Gate.Compression;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tests.Inference;
using Gate.Numerics.Threading;
using Gate.Tests;
using static TorchSharp.torch;

namespace Gate.Torch.Tests;

public sealed class TorchEngineTests : IDisposable
{
    private static readonly ComputeThreads Threads = new(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-torch-").FullName;
    private readonly Model _dense = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));

    [Fact]
    public void Memory_stays_flat_over_a_thousand_batches()
    {
        using ILanguageModel model = Load(_dense, TestedEngine.Factory, batchTokens: 64);
        ContinuationRequest[] requests = Requests(model, 40);
        Ask(50);
        long tensors = Tensor.TotalCount, bytes = Environment.WorkingSet;
        Ask(1000);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.InRange(Environment.WorkingSet - bytes, long.MinValue, 64 << 20);

        void Ask(int batches)
        {
            for (int batch = 0; batch < batches; batch += 2)
            {
                model.ScoreContinuations([requests[batch % requests.Length]], cancellationToken: TestContext.Current.CancellationToken);
                model.Generate([new GenerationRequest(requests[batch % requests.Length].Context, 1, [], [])], cancellationToken: TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public void An_engine_that_is_disposed_leaves_no_tensor_behind()
    {
        Load(_dense, TestedEngine.Factory).Dispose();
        long tensors = Tensor.TotalCount;
        using (ILanguageModel model = Load(_dense, TestedEngine.Factory))
            model.ScoreContinuations(Requests(model, 3), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(4096)]
    public void Answers_agree_with_the_managed_engine_whatever_the_batch(int batchTokens)
    {
        using ILanguageModel managed = Load(_dense, ManagedEngineFactory.Instance), torch = Load(_dense, TestedEngine.Factory, batchTokens);
        ContinuationRequest[] requests = Requests(managed, 12);
        AssertClose(Scores(managed, requests), Scores(torch, requests), 1e-4);
    }

    [Fact]
    public void Ranks_and_best_tokens_are_those_of_the_managed_engine()
    {
        using ILanguageModel managed = Load(_dense, ManagedEngineFactory.Instance), torch = Load(_dense, TestedEngine.Factory);
        NextTokenRequest[] requests = [.. Requests(managed, 8).Select(request => new NextTokenRequest(request.Context, Enumerable.Range(5, 40).ToArray(), 5))];
        IReadOnlyList<NextTokenScores> expected = managed.ScoreNextTokens(requests, cancellationToken: TestContext.Current.CancellationToken);
        IReadOnlyList<NextTokenScores> actual = torch.ScoreNextTokens(requests, cancellationToken: TestContext.Current.CancellationToken);
        foreach ((NextTokenScores wanted, NextTokenScores found) in expected.Zip(actual))
        {
            // Of thousands of logits some are equal up to rounding, and change places.
            Assert.All(wanted.TargetRanks.Zip(found.TargetRanks), pair => Assert.InRange(pair.Second, pair.First - 2, pair.First + 2));
            Assert.Equal(wanted.TopIds, found.TopIds);
            AssertClose([.. wanted.TopLogProbabilities], [.. found.TopLogProbabilities], 1e-4);
        }
    }

    [Theory]
    [InlineData("bfloat16", 0.2)]
    [InlineData("float16", 0.05)]
    public void Sixteen_bit_formats_are_close_and_say_what_they_are(string format, double tolerance)
    {
        EngineFactory factory = TestedEngine.In(format);
        using ILanguageModel managed = Load(_dense, ManagedEngineFactory.Instance), torch = Load(_dense, factory);
        ContinuationRequest[] requests = Requests(managed, 12);
        AssertClose(Scores(managed, requests), Scores(torch, requests), tolerance);
        Assert.Contains(format, torch.Identity.Engine, StringComparison.Ordinal);
        Assert.NotEqual(TestedEngine.Factory.Identity, factory.Identity);
    }

    [Fact]
    public void Integer_activations_are_rounded_as_the_managed_engine_rounds_them()
    {
        Recipe recipe = new(null, new QuantizationRecipe { Method = "rtn", Bits = 8, Activations = "int8" });
        Compressor.Compress(_dense, Compressor.Plan(_dense, recipe, null, CandidateLayout.CompressedTensors), Path.Combine(_folder, "integers"), Threads, null, TestContext.Current.CancellationToken);
        using var integers = Model.Open(Path.Combine(_folder, "integers"));
        using ILanguageModel managed = Load(integers, ManagedEngineFactory.Instance), torch = Load(integers, TestedEngine.Factory), dense = Load(_dense, TestedEngine.Factory);
        ContinuationRequest[] requests = Requests(managed, 12);

        // A value that lies between two codes may fall to either side; a row of codes that were not rounded would be ten times as far away.
        AssertClose(Scores(managed, requests), Scores(torch, requests), 0.02);
        Assert.True(Scores(dense, requests).Zip(Scores(torch, requests)).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.05);
    }

    [Fact]
    public void Calibrated_compression_is_as_good_as_on_the_managed_engine()
    {
        string text = Path.Combine(_folder, "text.txt");
        File.WriteAllText(text, string.Join('\n', Enumerable.Range(0, 200).Select(i => $"The capital of France is Paris, and {i} is a number that follows {i - 1}.")));
        Recipe recipe = new(
            new PruningRecipe { Method = "sparsegpt", Sparsity = 0.3 }, new QuantizationRecipe { Method = "gptq", Bits = 4, GroupSize = 32 },
            new CalibrationRecipe(text, 8, 64, 0));
        double[] managed = Errors(ManagedEngineFactory.Instance, "managed"), torch = Errors(TestedEngine.Factory, "torch");
        Assert.NotEmpty(managed);
        foreach ((double expected, double actual) in managed.Zip(torch))
            Assert.InRange(actual, 0.8 * expected, (1.25 * expected) + 1e-6);

        double[] Errors(EngineFactory engine, string name)
        {
            CompressionOutcome outcome = Compressor.Compress(
                _dense, Compressor.Plan(_dense, recipe, null), Path.Combine(_folder, name), new CompressionOptions(Threads) { Engine = engine }, TestContext.Current.CancellationToken);
            return [.. outcome.Layers.Select(layer => layer.OutputError!.Value)];
        }
    }

    [Fact]
    public void Memory_that_is_not_there_is_an_input_error_with_its_figure()
    {
        using IComputeEngine engine = TestedEngine.Factory.Create(Threads);
        Exception failure = Assert.ThrowsAny<Exception>(() => engine.AllocateStore(new KeyValueShape(1, 1 << 20)).EnsureRows(1 << 30));
        GateException refusal = engine.OutOfMemory(failure)!;
        Assert.Equal(("GATE3305", ExitCode.InputUnavailable), (refusal.Diagnostic.Code, refusal.ExitCode));
        Assert.Contains("4503599627370496", refusal.Diagnostic.Message, StringComparison.Ordinal);
        Assert.Null(engine.OutOfMemory(new InvalidOperationException("out of memory")));
    }

    public void Dispose()
    {
        _dense.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ILanguageModel Load(Model model, EngineFactory engine, int batchTokens = 1024) =>
        LanguageModels.Load(model, new InferenceOptions(Threads, batchTokens) { Engine = engine });

    private static ContinuationRequest[] Requests(ILanguageModel model, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            int[] ids = model.Tokenizer!.Encode($"The capital of France is {new string('a', i)} Paris. The capital of Peru is Lima.", addSpecialTokens: true);
            return new ContinuationRequest(ids.AsMemory(0, 3 + (i % 5)), ids.AsMemory(3 + (i % 5)));
        }),
    ];

    private static double[] Scores(ILanguageModel model, ContinuationRequest[] requests) =>
        [.. model.ScoreContinuations(requests, cancellationToken: TestContext.Current.CancellationToken).SelectMany(score => score.LogProbabilities)];

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(worst <= tolerance, $"largest difference {worst:e2}");
    }
}
