using Gate.Compression.Recipes;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Resumption;

public sealed class ResumptionTests : IDisposable
{
    private static readonly Recipe Recipe = new(
        new PruningRecipe { Method = "sparsegpt", Sparsity = 0.25 }, new QuantizationRecipe { Method = "gptq", Bits = 4, GroupSize = 32 },
        new CalibrationRecipe(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 8, SequenceLength: 128));

    private readonly SampleModel _model = new();

    private string Folder => _model.PathOf(".candidate.resume");

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interrupted_compression_goes_on_to_the_same_bytes(bool trueSequential)
    {
        Recipe recipe = Recipe with { Calibration = Recipe.Calibration! with { TrueSequential = trueSequential } };
        CompressionOutcome whole = _model.Compress(recipe, "whole");
        foreach (int layers in (int[])[1, 9, whole.Layers.Length])
        {
            Interrupt(recipe, layers);
            (CompressionOutcome outcome, int kept, int made) = Resume(recipe);
            Assert.Equal((layers, whole.Layers.Length - layers), (kept, made));
            Assert.Equal(File.ReadAllBytes(_model.PathOf("whole", "model.safetensors")), File.ReadAllBytes(_model.PathOf("candidate", "model.safetensors")));
            Assert.Equal(File.ReadAllBytes(_model.PathOf("whole", "gate-compression.json")), File.ReadAllBytes(_model.PathOf("candidate", "gate-compression.json")));
            Assert.Equal(whole.CandidateWeightsHash, outcome.CandidateWeightsHash);
            Assert.False(Directory.Exists(Folder));
        }
    }

    [Fact]
    public void What_was_damaged_since_is_made_again()
    {
        CompressionOutcome whole = _model.Compress(Recipe, "whole");
        string journal = Path.Combine(Folder, "layers.journal"), bytes = Path.Combine(Folder, "layers.bin");

        // Cut in the middle of the last line; then in the middle of a layer's bytes; then a flipped bit in the first layer.
        Expect(5, () => File.WriteAllBytes(journal, File.ReadAllBytes(journal)[..^1]));
        Expect(5, () => File.WriteAllBytes(bytes, File.ReadAllBytes(bytes)[..^7]));
        Expect(0, () => Flip(bytes, 1000));
        Expect(0, () => Flip(journal, 3));
        Expect(6, () => File.AppendAllText(journal, "0123456789abcdef {\"layer\":"));

        void Expect(int kept, Action damage)
        {
            Interrupt(Recipe, 6);
            damage();
            (CompressionOutcome outcome, int found, int made) = Resume(Recipe);
            Assert.Equal((kept, whole.Layers.Length - kept), (found, made));
            Assert.Equal(whole.CandidateWeightsHash, outcome.CandidateWeightsHash);
        }
    }

    [Fact]
    public void Layers_of_another_recipe_are_not_taken()
    {
        Interrupt(Recipe, 6);
        (_, int kept, _) = Resume(Recipe, "another key");
        Assert.Equal(0, kept);
    }

    private void Interrupt(Recipe recipe, int layers)
    {
        if (Directory.Exists(_model.PathOf("candidate")))
            Directory.Delete(_model.PathOf("candidate"), recursive: true);
        using CancellationTokenSource source = new();
        int done = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => Compress(recipe, "key", _ => { }, () =>
        {
            if (++done == layers)
                source.Cancel();
        }, source.Token));
        Assert.True(Directory.Exists(Folder));
        Assert.False(Directory.Exists(_model.PathOf("candidate")));
    }

    private (CompressionOutcome Outcome, int Kept, int Made) Resume(Recipe recipe, string key = "key")
    {
        int kept = -1, reported = 0;
        CompressionOutcome outcome = Compress(recipe, key, found => kept = found, () => reported++, TestContext.Current.CancellationToken);
        return (outcome, kept, reported - kept);
    }

    private CompressionOutcome Compress(Recipe recipe, string key, Action<int> resumed, Action layer, CancellationToken cancellationToken) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, recipe, null), _model.PathOf("candidate"),
        new CompressionOptions(new ComputeThreads(2)) { ResumptionKey = key, Resumed = resumed, Progress = new Layers(layer) }, cancellationToken);

    private static void Flip(string path, int at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private sealed class Layers(Action finished) : IProgress<string>
    {
        public void Report(string value) => finished();
    }
}
