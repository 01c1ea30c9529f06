using Gate.Compression.Recipes;
using Gate.Compression.Tests.Families;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Checkpoints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Removal;

/// <summary>Blocks and experts that go as a whole: the candidate is a smaller model of the same family.</summary>
public sealed class RemovalTests : IDisposable
{
    private static readonly ComputeThreads Threads = new(2);

    private readonly FamilyFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Theory]
    [InlineData("llama_gqa")]
    [InlineData("gpt2")]
    [InlineData("gpt_neox")]
    [InlineData("bert")]
    [InlineData("qwen3_composed")]
    public void The_block_that_changes_its_input_least_goes_and_the_others_close_up(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        CompressionOutcome outcome = Compress(dense, new(null, null, _folders.Calibration) { Remove = new(Blocks: 1, Experts: 0) });
        int gone = Assert.Single(outcome.RemovedBlocks);
        using Model candidate = Model.Open(_folders.Candidate);
        int blocks = dense.LinearLayers.Max(layer => layer.Block) + 1;
        Assert.Equal(blocks - 1, candidate.LinearLayers.Max(layer => layer.Block) + 1);
        LinearLayer[] kept = [.. dense.LinearLayers.Where(layer => layer.Block != gone)];
        Assert.Equal(kept.Length, candidate.LinearLayers.Length);
        foreach ((LinearLayer from, LinearLayer to) in kept.Zip(candidate.LinearLayers))
        {
            Assert.Equal(from.Role, to.Role);
            Assert.Equal(dense.Checkpoint.ReadSingles(from.WeightTensor), candidate.Checkpoint.ReadSingles(to.WeightTensor), (a, b) => Math.Abs(a - b) <= 0.01f * Math.Abs(a));
        }

        long removed = dense.LinearLayers.Where(layer => layer.Block == gone).Sum(layer => layer.WeightCount);
        Assert.Equal(removed, outcome.RemovedWeights);
        Assert.Equal((double)removed / dense.LinearLayers.Where(layer => layer.Block >= 0).Sum(layer => layer.WeightCount), outcome.TheoreticalCompressionRate, 9);
        Assert.All(Logits(candidate), value => Assert.True(float.IsFinite(value)));
        Assert.Equal(outcome.CandidateWeightsHash, Compressor.ReadSidecar(candidate.Checkpoint)!.CandidateWeightsHash);
    }

    [Fact]
    public void Experts_go_by_the_norm_of_what_they_give_times_the_routers_weight()
    {
        using Model dense = Model.Open(_folders.Prepare("mixtral"));
        CompressionOutcome outcome = Compress(dense, new(null, null, _folders.Calibration) { Remove = new(Blocks: 0, Experts: 0.25) });
        int[][] windows = Compression.Calibration.CalibrationWindows.Of(dense, _folders.Calibration);
        using ActivationStream stream = ActivationStream.Open(dense, windows, new ActivationOptions(Threads), TestContext.Current.CancellationToken);
        using Model candidate = Model.Open(_folders.Candidate);
        for (int block = 0; stream.Block < stream.BlockCount; block++)
        {
            double[] scores = ScoresOf(dense, stream, block);
            int gone = Array.IndexOf(scores, scores.Min());
            Assert.Equal([gone], outcome.RemovedExperts[block]);
            string router = $"model.layers.{block}.block_sparse_moe.gate.weight";
            float[] before = dense.Checkpoint.ReadSingles(router), after = candidate.Checkpoint.ReadSingles(router);
            int width = before.Length / scores.Length;
            Assert.Equal(before.Where((_, i) => i / width != gone), after);
            stream.Advance(cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(dense.LinearLayers.Length - (3 * outcome.RemovedExperts.Count), candidate.LinearLayers.Length);
        Assert.All(Logits(candidate), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("mixtral")]
    [InlineData("gpt_oss")]
    public void Blocks_and_experts_go_before_the_rest_is_rounded(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        Recipe recipe = new(null, new QuantizationRecipe { Method = "gptq", Bits = 4, GroupSize = 8 }, _folders.Calibration) { Remove = new(Blocks: fixture == "gpt_oss" ? 0 : 1, Experts: 0.4) };
        CompressionPlan plan = Compressor.Plan(dense, recipe, null);
        CompressionOutcome outcome = Compress(dense, recipe);
        Assert.StartsWith("remove ", plan.Description, StringComparison.Ordinal);
        Assert.Equal(plan.TheoreticalCompressionRate, outcome.TheoreticalCompressionRate, 9);
        Assert.Equal(4, outcome.Bits);
        using Model candidate = Model.Open(_folders.Candidate);
        Assert.All(Logits(candidate), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("gemma2", 1, 0, "GATE4162")]
    [InlineData("albert", 1, 0, "GATE4162")]
    [InlineData("t5_v1_1", 1, 0, "GATE4162")]
    [InlineData("llama_gqa", 3, 0, "GATE4162")]
    [InlineData("llama_gqa", 0, 0.5, "GATE4162")]
    [InlineData("mixtral", 0, 0.9, "GATE4162")]
    [InlineData("mixtral", 0, 0.01, "GATE4162")]
    [InlineData("mixtral", -1, 0.01, "GATE4162")]
    [InlineData("mixtral", 0, 1, "GATE4162")]
    public void What_cannot_go_is_refused_before_a_weight_is_read(string fixture, int blocks, double experts, string code)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        GateException refusal = Assert.Throws<GateException>(() => Compressor.Plan(dense, new(null, null, _folders.Calibration) { Remove = new(blocks, experts) }, null));
        Assert.Equal(code, refusal.Diagnostic.Code);
        Assert.Equal(ExitCode.InvalidUsage, refusal.ExitCode);
    }

    // Σ g·‖f(x)‖ / tokens, from the stored weights and the inputs of the layers.
    private static double[] ScoresOf(Model dense, ActivationStream stream, int block)
    {
        string module = $"model.layers.{block}.block_sparse_moe";
        (double[][] router, int chosen) = (Matrix(dense, $"{module}.gate.weight"), 2);
        double[] scores = new double[router.Length];
        for (int expert = 0; expert < scores.Length; expert++)
        {
            List<float[]> inputs = [], inner = [];
            LinearLayer up = dense.LinearLayers.First(layer => layer.Name == $"{module}.experts.{expert}.w3"), down = dense.LinearLayers.First(layer => layer.Name == $"{module}.experts.{expert}.w2");
            stream.Observe(
                (group, _, rows) =>
                {
                    if (group == up.InputGroup)
                        inputs.AddRange(rows.ToArray().Chunk(up.Inputs));
                    if (group == down.InputGroup)
                        inner.AddRange(rows.ToArray().Chunk(down.Inputs));
                },
                cancellationToken: TestContext.Current.CancellationToken);
            double[][] weights = Matrix(dense, down.WeightTensor);
            scores[expert] = inputs.Zip(inner, (x, h) =>
            {
                double[] logits = [.. router.Select(row => Dot(row, x))];
                double[] best = [.. logits.OrderDescending().Take(chosen)];
                return Math.Exp(logits[expert]) / best.Sum(Math.Exp) * Math.Sqrt(weights.Sum(row => Math.Pow(Dot(row, h), 2)));
            }).DefaultIfEmpty().Average();
        }

        return scores;
    }

    private static double Dot(double[] row, float[] x) => row.Zip(x, (a, b) => a * b).Sum();

    private static double[][] Matrix(Model model, string tensor)
    {
        TensorInfo info = model.Checkpoint.Require(tensor);
        return [.. model.Checkpoint.ReadSingles(tensor).Select(value => (double)value).Chunk((int)info.RowLength)];
    }

    private CompressionOutcome Compress(Model dense, Recipe recipe) => Compressor.Compress(dense, Compressor.Plan(dense, recipe, null), _folders.Candidate, Threads);

    private static float[] Logits(Model model)
    {
        using ILanguageModel loaded = LanguageModels.Load(model, InferenceOptions.Default);
        List<float> logits = [];
        loaded.VisitLogits(new LogitsRequest(new[] { 3, 40, 17, 9, 5 }), (_, row) => logits.AddRange(row));
        return [.. logits];
    }
}
