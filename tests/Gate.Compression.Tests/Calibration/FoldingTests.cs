using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Calibration;

/// <summary>AWQ and SmoothQuant on the sample model, held against their definitions computed here.</summary>
public sealed class FoldingTests : IDisposable
{
    private const string FeedForward = "model.layers.0.mlp", FeedForwardNorm = "model.layers.0.post_attention_layernorm.weight";

    private static readonly CalibrationRecipe Facts = new(
        Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 4, SequenceLength: 64);

    private static readonly QuantizationRecipe Awq = new() { Method = "awq", Bits = 3, GroupSize = 32 };

    private readonly SampleModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Awq_folds_the_scales_of_the_best_ratio_into_the_norm()
    {
        CompressionOutcome outcome = _model.Compress(new Recipe(null, Awq, Facts));
        Assert.All(outcome.Layers, layer => Assert.True(layer.Fallback is null || layer.Layer.InputGroup.EndsWith("self_attn.output", StringComparison.Ordinal)));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        float[] dense = _model.Dense.Checkpoint.ReadSingles(FeedForwardNorm), folded = candidate.Checkpoint.ReadSingles(FeedForwardNorm);
        double[] scales = NaiveFeedForwardSearch();
        for (int i = 0; i < dense.Length; i++)
            Assert.Equal(dense[i] / scales[i], folded[i], Math.Abs(dense[i] / scales[i]) / 128);
        Assert.Contains(dense.Zip(folded), pair => pair.First != pair.Second);
    }

    [Fact]
    public void Smoothquant_folds_the_published_scales_into_the_norm_and_nothing_into_linear_producers()
    {
        QuantizationRecipe rtn = Awq with { Method = "rtn", Bits = 8 };
        CompressionOutcome outcome = _model.Compress(new Recipe(null, rtn, Facts) { Smooth = new SmoothRecipe(0.5) });
        Assert.All(outcome.Layers, layer => Assert.Null(layer.Fallback));
        Assert.All(outcome.Layers, layer => Assert.InRange(layer.OutputError!.Value, 1e-8, 1e-2));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        float[] dense = _model.Dense.Checkpoint.ReadSingles(FeedForwardNorm), folded = candidate.Checkpoint.ReadSingles(FeedForwardNorm);
        float[][] matrices = [_model.Dense.Checkpoint.ReadSingles($"{FeedForward}.gate_proj.weight"), _model.Dense.Checkpoint.ReadSingles($"{FeedForward}.up_proj.weight")];
        float[] inputs = FeedForwardInputs();
        for (int i = 0; i < dense.Length; i++)
        {
            double x = Column(inputs, i, dense.Length).Max(Math.Abs), w = matrices.SelectMany(matrix => Column(matrix, i, dense.Length)).Max(Math.Abs);
            Assert.Equal(dense[i] / Math.Sqrt(x / w), folded[i], Math.Abs(dense[i] / Math.Sqrt(x / w)) / 128);
        }
    }

    [Theory]
    [InlineData("rtn", 0.5)]
    [InlineData("gptq", 0.9)]
    [InlineData("awq", null)]
    public void Folding_leaves_what_the_model_computes_and_pruned_weights_as_they_were(string method, double? alpha)
    {
        QuantizationRecipe eight = Awq with { Method = method, Bits = 8 };
        SmoothRecipe? smooth = alpha is { } share ? new SmoothRecipe(share) : null;
        PruningRecipe prune = new() { Method = "magnitude", Sparsity = 0.5 };
        _model.Compress(new Recipe(null, eight, Facts) { Smooth = smooth }, "alone");
        double dense = Perplexity(_model.Dense), alone = Perplexity("alone");
        Assert.InRange(alone / dense, 0.98, 1.02);
        CompressionOutcome outcome = _model.Compress(new Recipe(prune, eight, Facts) { Smooth = smooth }, "pruned");
        Assert.Equal(0.5, outcome.Sparsity, 9);
        Assert.All(outcome.Layers, layer => Assert.InRange(layer.WeightError, 1e-3, 0.5));
    }

    [Theory]
    [InlineData(CandidateLayout.CompressedTensors)]
    [InlineData(CandidateLayout.Gptq)]
    [InlineData(CandidateLayout.Awq)]
    [InlineData(CandidateLayout.Gguf)]
    public void Awq_is_written_in_every_packed_format_and_says_the_same(CandidateLayout layout)
    {
        Recipe recipe = new(null, Awq with { Bits = 4, Symmetric = false }, Facts);
        _model.Compress(recipe, "dense");
        CompressionPlan plan = Compressor.Plan(_model.Dense, recipe, null, layout);
        Compressor.Compress(_model.Dense, plan, _model.PathOf("packed"), new ComputeThreads(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.InRange(Perplexity("packed") / Perplexity("dense"), 0.99, 1.01);
    }

    [Fact]
    public void Threads_and_spilled_activations_do_not_change_a_bit_of_awq()
    {
        Recipe recipe = new(null, Awq, Facts);
        CompressionOutcome two = _model.Compress(recipe, "two", threads: 2);
        CompressionOutcome spilled = Compressor.Compress(
            _model.Dense, Compressor.Plan(_model.Dense, recipe, null), _model.PathOf("spilled"), new CompressionOptions(new ComputeThreads(1)) { ActivationBytes = 0 },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(two.CandidateWeightsHash, spilled.CandidateWeightsHash);
    }

    [Fact]
    public void An_input_that_layers_out_of_scope_also_read_is_not_scaled_and_the_sidecar_says_why()
    {
        Scope withoutKey = Scope.All with { Exclude = ["model.layers.0.self_attn.k_proj", "model.layers.1.mlp.up_proj"] };
        CompressionOutcome outcome = _model.Compress(new Recipe(null, Awq with { Scope = withoutKey }, Facts));
        Assert.Contains("k_proj reads the same input", NoteOf("model.layers.0.self_attn.q_proj"), StringComparison.Ordinal);
        Assert.Contains("up_proj, which makes its input, is not quantised", NoteOf("model.layers.1.mlp.down_proj"), StringComparison.Ordinal);
        Assert.Null(outcome.Layers.Single(layer => layer.Layer.Name == "model.layers.0.mlp.gate_proj").Fallback);
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        Assert.Equal(_model.Dense.Checkpoint.ReadSingles("model.layers.0.input_layernorm.weight"), candidate.Checkpoint.ReadSingles("model.layers.0.input_layernorm.weight"));
        Assert.NotNull(Compressor.ReadSidecar(candidate.Checkpoint)!.Layers[0].Fallback);

        string NoteOf(string name) => outcome.Layers.Single(layer => layer.Layer.Name == name).Fallback!;
    }

    [Fact]
    public void Owl_reaches_the_sparsity_with_blocks_that_differ()
    {
        PruningRecipe uniform = new() { Method = "sparsegpt", Sparsity = 0.6 };
        CompressionOutcome owl = _model.Compress(new Recipe(uniform with { Layerwise = "owl" }, null, Facts));
        Assert.Equal(0.6, owl.Sparsity, 1e-4);
        double[] byBlock = [.. owl.Layers.GroupBy(layer => layer.Layer.Block).Select(block => block.Average(layer => layer.Sparsity))];
        Assert.True(byBlock.Max() - byBlock.Min() > 0.02, string.Join(", ", byBlock));
        Assert.All(byBlock, share => Assert.InRange(share, 0.519, 0.681));
    }

    [Fact]
    public void What_cannot_be_folded_or_shared_is_refused()
    {
        QuantizationRecipe rtn = Awq with { Method = "rtn" };
        PruningRecipe owl = new() { Method = "wanda", Sparsity = 0.5, Layerwise = "owl" };
        Refused("GATE4052", new Recipe(null, Awq));
        Refused("GATE4052", new Recipe(null, rtn) { Smooth = new SmoothRecipe(0.5) });
        Refused("GATE4052", new Recipe(null, rtn with { Clipping = "importance" }));
        Refused("GATE4052", new Recipe(owl with { Method = "magnitude" }, null));
        Refused("GATE4101", new Recipe(null, Awq with { Clipping = "mse" }, Facts));
        Refused("GATE4101", new Recipe(null, Awq, Facts with { TrueSequential = true }));
        Refused("GATE4101", new Recipe(null, Awq, Facts) { Smooth = new SmoothRecipe(0.5) });
        Refused("GATE4101", new Recipe(owl, null, Facts) { Smooth = new SmoothRecipe(0.5) });
        Refused("GATE4003", new Recipe(null, rtn, Facts) { Smooth = new SmoothRecipe(1.5) });
        Refused("GATE4102", new Recipe(null, rtn with { Method = "gptq", Clipping = "importance" }, Facts));
        Refused("GATE4103", new Recipe(owl with { Method = "random" }, null, Facts));
        Refused("GATE4103", new Recipe(owl with { Sparsity = null, Pattern = new NmPattern(2, 4) }, null, Facts));
        Refused("GATE4103", new Recipe(owl with { Method = "magnitude", Granularity = "global" }, null, Facts));
        Refused("GATE4103", new Recipe(owl with { Spread = 0.6 }, null, Facts));
        Refused("GATE4103", new Recipe(owl with { Layerwise = "uniform", Spread = 0.1 }, null, Facts));
    }

    // The search of one feed-forward, from the inputs of its first layers: y = W_down (silu(W_gate x) ∘ (W_up x)), everything in binary64.
    private double[] NaiveFeedForwardSearch()
    {
        float[] inputs = FeedForwardInputs();
        int width = _model.Dense.Checkpoint.Require(FeedForwardNorm).Shape is var shape ? (int)shape[0] : 0, inner = (int)_model.Dense.Checkpoint.Require($"{FeedForward}.gate_proj.weight").Shape[0];
        float[] gate = _model.Dense.Checkpoint.ReadSingles($"{FeedForward}.gate_proj.weight"), up = _model.Dense.Checkpoint.ReadSingles($"{FeedForward}.up_proj.weight");
        float[] down = _model.Dense.Checkpoint.ReadSingles($"{FeedForward}.down_proj.weight");
        int tokens = inputs.Length / width;
        double[] means = new double[width], magnitudes = new double[width];
        for (int j = 0; j < width; j++)
        {
            magnitudes[j] = Column(inputs, j, width).Average(value => Math.Abs((double)value));
            foreach (float[] matrix in new[] { gate, up })
            {
                for (int row = 0; row < inner; row++)
                {
                    double largest = Enumerable.Range(j / 32 * 32, 32).Max(i => Math.Abs((double)matrix[(row * width) + i]));
                    means[j] += Math.Abs((double)matrix[(row * width) + j]) / (largest + 1e-6) / (2 * inner);
                }
            }
        }

        double[] reference = Outputs(inputs, tokens, gate, up, down, width, inner);
        double[] best = [];
        double least = double.PositiveInfinity;
        for (int step = 0; step < 20; step++)
        {
            double ratio = step / 20.0;
            double[] scales = [.. magnitudes.Zip(means, (x, w) => Math.Max(Math.Pow(x, ratio) / (Math.Pow(w, 1 - ratio) + 1e-4), 1e-4))];
            double middle = Math.Sqrt(scales.Max() * scales.Min());
            scales = [.. scales.Select(scale => scale / middle)];
            double[] outputs = Outputs(inputs, tokens, Rounded(gate, scales), Rounded(up, scales), down, width, inner);
            double loss = outputs.Zip(reference, (a, b) => (a - b) * (a - b)).Sum();
            if (loss < least)
                (least, best) = (loss, scales);
        }

        return best;
    }

    private static float[] Rounded(float[] matrix, double[] scales)
    {
        float[] rounded = new float[matrix.Length];
        for (int start = 0; start < matrix.Length; start += 32)
        {
            float[] group = [.. Enumerable.Range(start, 32).Select(i => matrix[i] * (float)scales[i % scales.Length])];
            float step = (float)(Half)(group.Max(Math.Abs) / 3.0);
            for (int i = 0; i < 32; i++)
                rounded[start + i] = step * Math.Clamp(MathF.Round(group[i] / step), -3, 3) / (float)scales[(start + i) % scales.Length];
        }

        return rounded;
    }

    private static double[] Outputs(float[] inputs, int tokens, float[] gate, float[] up, float[] down, int width, int inner)
    {
        double[] outputs = new double[tokens * width];
        for (int token = 0; token < tokens; token++)
        {
            double[] hidden = new double[inner];
            for (int row = 0; row < inner; row++)
            {
                double g = 0, u = 0;
                for (int j = 0; j < width; j++)
                {
                    g += (double)gate[(row * width) + j] * inputs[(token * width) + j];
                    u += (double)up[(row * width) + j] * inputs[(token * width) + j];
                }

                hidden[row] = g / (1 + Math.Exp(-g)) * u;
            }

            for (int row = 0; row < width; row++)
            {
                for (int j = 0; j < inner; j++)
                    outputs[(token * width) + row] += down[(row * inner) + j] * hidden[j];
            }
        }

        return outputs;
    }

    private float[] FeedForwardInputs()
    {
        int[][] windows = Compression.Calibration.TokenWindows.Cut(
            Compression.Calibration.CalibrationDocuments.Read(Facts.Data), Gate.Models.Tokenization.Tokenizer.Open(SampleModel.Folder)!,
            Facts.Samples, Facts.SequenceLength, Facts.Seed, Compression.Calibration.WindowProtocol.Packed);
        List<float> inputs = [];
        using ActivationStream stream = ActivationStream.Open(
            _model.Dense, windows, new ActivationOptions(new ComputeThreads(1)), TestContext.Current.CancellationToken);
        stream.Observe(
            (group, _, rows) =>
            {
                if (group == $"{FeedForward}.input")
                    inputs.AddRange(rows);
            },
            cancellationToken: TestContext.Current.CancellationToken);
        return [.. inputs];
    }

    private static IEnumerable<float> Column(float[] matrix, int column, int columns) =>
        Enumerable.Range(0, matrix.Length / columns).Select(row => matrix[(row * columns) + column]);

    private void Refused(string code, Recipe recipe)
    {
        GateException exception = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, recipe, null));
        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InvalidUsage, exception.ExitCode);
        Assert.NotEmpty(exception.Diagnostic.Remedy!);
    }

    private double Perplexity(string candidate)
    {
        using Model checkpoint = Model.Open(_model.PathOf(candidate));
        return Perplexity(checkpoint);
    }

    private static double Perplexity(Model checkpoint) => HeldOutText.Perplexity(checkpoint, 40);
}
