using Gate.Compression.Recipes;
using Gate.Compression.Resumption;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Resumption;

public sealed class ResumptionTests : IDisposable
{
    private static readonly CalibrationRecipe Facts = new(
        Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 8, SequenceLength: 128);

    private static readonly QuantizationRecipe Four = new() { Method = "gptq", Bits = 4, GroupSize = 32 };

    private static readonly Recipe Recipe = new(new PruningRecipe { Method = "sparsegpt", Sparsity = 0.25 }, Four, Facts);

    private static readonly Dictionary<string, Recipe> Recipes = new(StringComparer.Ordinal)
    {
        ["sparsegpt, gptq"] = Recipe,
        ["sparsegpt, gptq, one input after the other"] = Recipe with { Calibration = Facts with { TrueSequential = true } },
        ["owl"] = new(new PruningRecipe { Method = "wanda", Sparsity = 0.5, Layerwise = "owl" }, null, Facts),
        ["magnitude, awq"] = new(
            new PruningRecipe { Method = "magnitude", Sparsity = 0.25 }, Four with { Method = "awq", Scope = Scope.All with { Kind = ScopeKind.FeedForward } },
            Facts with { Samples = 2, SequenceLength = 32 }),
        ["smoothquant"] = new(null, Four with { Method = "rtn", Bits = 8 }, Facts) { Smooth = new SmoothRecipe(0.5) },
        ["smoothquant, gptq, one input after the other"] = new(null, Four, Facts with { TrueSequential = true }) { Smooth = new SmoothRecipe(0.5) },
        ["rtn, searched ranges"] = new(null, Four with { Method = "rtn", Clipping = "mse", Scope = Scope.All with { Kind = ScopeKind.Attention } }),
    };

    private readonly SampleModel _model = new();

    private string Folder => _model.PathOf(".candidate.resume");

    private string Journal => Path.Combine(Folder, "layers.journal");

    private string Layers => Path.Combine(Folder, "layers.bin");

    public void Dispose() => _model.Dispose();

    public static TheoryData<string> Names => [.. Recipes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_interrupted_compression_goes_on_to_the_same_bytes(string name)
    {
        Recipe recipe = Recipes[name];
        CompressionOutcome whole = _model.Compress(recipe, "whole");
        foreach (int layers in (int[])[1, 9, whole.Layers.Length])
        {
            Interrupt(recipe, layers);
            (_, int kept, int made) = Resume(recipe);
            Assert.Equal((layers, whole.Layers.Length - layers), (kept, made));
            IsWhole();
        }
    }

    [Theory]
    [InlineData("owl")]
    [InlineData("magnitude, awq")]
    [InlineData("smoothquant")]
    [InlineData("smoothquant, gptq, one input after the other")]
    public void Cut_behind_any_line_the_journal_grows_to_that_of_an_uninterrupted_compression(string name)
    {
        Recipe recipe = Recipes[name];
        CompressionOutcome whole = _model.Compress(recipe, "whole");
        Interrupt(recipe, whole.Layers.Length);
        string[] lines = File.ReadAllLines(Journal);
        byte[] layers = File.ReadAllBytes(Layers);

        // Behind the key, what comes before the first layers, between the layers of a block, in the second block.
        foreach (int count in (int[])[1, 2, 4, 7, 8, 14, lines.Length])
        {
            Clear();
            Directory.CreateDirectory(Folder);
            File.WriteAllText(Journal, string.Concat(lines.Take(count).Select(line => line + '\n')));
            File.WriteAllBytes(Layers, layers);
            string[] grown = [];
            (_, int kept, int made) = Resume(recipe, layer: () => grown = Read(Journal));
            int finished = lines.Take(count).Count(line => line.Contains("\"Kind\":\"layer\"", StringComparison.Ordinal));
            Assert.Equal((finished, whole.Layers.Length - finished), (kept, made));
            Assert.Equal(lines, grown);
            IsWhole();
        }
    }

    [Theory]
    [InlineData("sparsegpt, gptq")]
    [InlineData("magnitude, awq")]
    [InlineData("smoothquant")]
    public void What_was_damaged_since_is_made_again(string name)
    {
        Recipe recipe = Recipes[name];
        CompressionOutcome whole = _model.Compress(recipe, "whole");

        // Cut in the middle of the last line; then in the middle of a layer's bytes; then a flipped bit in what was finished first, scales or a layer.
        Expect(5, () => File.WriteAllBytes(Journal, File.ReadAllBytes(Journal)[..^1]));
        Expect(5, () => File.WriteAllBytes(Layers, File.ReadAllBytes(Layers)[..^7]));
        Expect(0, () => Flip(Layers, 1000));
        Expect(0, () => Flip(Journal, 3));
        Expect(6, () => File.AppendAllText(Journal, "0123456789abcdef {\"layer\":"));

        // A whole line that is none of this journal's.
        Expect(6, () => File.AppendAllText(Journal, ChecksummedLine.Wrap("{\"Layer\":\"x\"}") + '\n'));

        void Expect(int kept, Action damage)
        {
            Interrupt(recipe, 6);
            damage();
            (_, int found, int made) = Resume(recipe);
            Assert.Equal((kept, whole.Layers.Length - kept), (found, made));
            IsWhole();
        }
    }

    [Fact]
    public void A_journal_of_an_earlier_format_is_emptied()
    {
        CompressionOutcome whole = _model.Compress(Recipe, "whole");
        Interrupt(Recipe, 6);
        string[] lines = File.ReadAllLines(Journal);
        string key = ChecksummedLine.Unwrap(lines[0])!;
        Assert.Equal("gate layers 2 key", key);
        lines[0] = ChecksummedLine.Wrap(key.Replace(" 2 ", " 1 ", StringComparison.Ordinal));
        File.WriteAllText(Journal, string.Concat(lines.Select(line => line + '\n')));
        (_, int kept, int made) = Resume(Recipe);
        Assert.Equal((0, whole.Layers.Length), (kept, made));
        IsWhole();
    }

    [Fact]
    public void Rounding_to_nearest_keeps_nothing_and_removes_what_another_recipe_left()
    {
        using CancellationTokenSource source = new();
        Recipe recipe = new(null, Four with { Method = "rtn" });
        Assert.ThrowsAny<OperationCanceledException>(() => Compress(recipe, "key", _ => Assert.Fail("nothing was kept"), source.Cancel, source.Token));
        Assert.False(Directory.Exists(Folder));
        Interrupt(Recipe, 6);
        (CompressionOutcome outcome, int kept, int made) = Resume(recipe, "another key");
        Assert.Equal((0, outcome.Layers.Length), (kept, made));
        Assert.False(Directory.Exists(Folder));
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
        Clear();
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

    private void Clear()
    {
        if (Directory.Exists(_model.PathOf("candidate")))
            Directory.Delete(_model.PathOf("candidate"), recursive: true);
    }

    private void IsWhole()
    {
        foreach (string file in (string[])["model.safetensors", "gate-compression.json"])
            Assert.Equal(File.ReadAllBytes(_model.PathOf("whole", file)), File.ReadAllBytes(_model.PathOf("candidate", file)));
        Assert.False(Directory.Exists(Folder));
    }

    private (CompressionOutcome Outcome, int Kept, int Made) Resume(Recipe recipe, string key = "key", Action? layer = null)
    {
        int kept = -1, reported = 0;
        void Report()
        {
            reported++;
            layer?.Invoke();
        }

        CompressionOutcome outcome = Compress(recipe, key, found => kept = found, Report, TestContext.Current.CancellationToken);
        return (outcome, kept, reported - kept);
    }

    private CompressionOutcome Compress(Recipe recipe, string key, Action<int> resumed, Action layer, CancellationToken cancellationToken) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, recipe, null), _model.PathOf("candidate"),
        new CompressionOptions(new ComputeThreads(2)) { ResumptionKey = key, Resumed = resumed, Progress = new Finished(layer) }, cancellationToken);

    private static string[] Read(string path)
    {
        using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Flip(string path, int at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private sealed class Finished(Action finished) : IProgress<string>
    {
        public void Report(string value) => finished();
    }
}
