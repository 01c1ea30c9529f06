using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Export;

/// <summary>A candidate in GGUF is one file that says everything and reads back as exactly what was computed.</summary>
public sealed class GgufCandidateTests : IDisposable
{
    private readonly SampleModel _model = new();

    [Theory]
    [InlineData(8, true, "restricted", "Q8_0")]
    [InlineData(8, true, "full", "Q8_0")]
    [InlineData(4, true, "restricted", "Q4_0")]
    [InlineData(4, true, "full", "Q4_0")]
    [InlineData(4, false, "restricted", "Q4_1")]
    public void The_codes_of_a_recipe_are_written_as_they_are(int bits, bool symmetric, string range, string format)
    {
        Recipe recipe = new(null, SampleRecipes.Rtn(bits) with { Symmetric = symmetric, SymmetricRange = range });
        CompressionOutcome outcome = Compress("codes", recipe);
        using var candidate = Model.Open(_model.PathOf("codes"));
        GridOptions grid = new(bits, symmetric) { HalfScales = true, HasStoredMinimum = true, Range = range == "full" ? SymmetricRange.Full : SymmetricRange.Restricted };
        foreach (LinearLayer layer in candidate.LinearLayers)
        {
            float[] expected = RoundToNearest.Quantize(
                _model.Dense.Checkpoint.ReadSingles(layer.WeightTensor), layer.Outputs, layer.Inputs, 32, grid, ComputeThreads.All).Dequantize(ComputeThreads.All);
            Assert.Equal(expected, candidate.Checkpoint.ReadSingles(layer.WeightTensor));
            Assert.Equal(bits, candidate.Checkpoint.CodeBitsOf(candidate.Checkpoint.Require(layer.WeightTensor)));
        }

        Assert.Equal($"gguf, {format}", candidate.Checkpoint.Quantization!.ToString());
        Assert.Equal(outcome.CandidateWeightsHash, candidate.Checkpoint.ComputeWeightsHash(TestContext.Current.CancellationToken));
        Assert.NotNull(Compressor.ReadSidecar(candidate.Checkpoint));
        Assert.False(File.Exists(_model.PathOf("codes", "config.json")));
    }

    [Fact]
    public void What_is_read_back_is_what_was_computed_for_every_method_and_random_shapes()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            BlockMethod method = BlockMethod.All[seed % BlockMethod.All.Count];
            RandomLlama.Write(_model.PathOf($"dense{seed}"), seed, method.BlockSize);
            using var dense = Model.Open(_model.PathOf($"dense{seed}"));
            CompressionPlan plan = Compressor.Plan(dense, new Recipe(null, Method(method)), null, CandidateLayout.Gguf);
            CompressionOutcome outcome = Compressor.Compress(
                dense, plan, _model.PathOf($"blocks{seed}"), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
            using var candidate = Model.Open(_model.PathOf($"blocks{seed}"));
            foreach (LinearLayer layer in candidate.LinearLayers)
            {
                float[] expected = dense.Checkpoint.ReadSingles(layer.WeightTensor);
                if (layer.Role == LinearRole.FinalDense)
                    expected = [.. expected.Select(value => (float)(Half)value)];
                if (layer.Role != LinearRole.FinalDense)
                {
                    byte[] blocks = new byte[GgufBlocks.BytesOf(method.Format, expected.Length)];
                    GgufBlocks.Encode(method.Format, expected, blocks);
                    GgufBlocks.Decode(method.Format, blocks, expected);
                }

                Assert.Equal(expected, candidate.Checkpoint.ReadSingles(layer.WeightTensor));
            }

            long fileBytes = new FileInfo(Path.Combine(candidate.Checkpoint.Folder, "model.gguf")).Length;
            Assert.Equal((fileBytes, fileBytes), (outcome.PackedBytes, plan.PackedBytes));
            Assert.Equal(8.0 * GgufBlockFormats.BytesPerBlock(method.Format) / method.BlockSize, outcome.BitsPerWeight, 12);
        }
    }

    [Fact]
    public void An_unquantised_candidate_is_F16_and_computes_what_the_dense_model_computes()
    {
        Compress("plain", new Recipe(SampleRecipes.Magnitude(0), null));
        using var candidate = Model.Open(_model.PathOf("plain"));
        Assert.Equal(NumberFormat.Float16, candidate.Checkpoint.Require("model.embed_tokens.weight").Format);
        Assert.Equal(NumberFormat.Float32, candidate.Checkpoint.Require("model.norm.weight").Format);
        using ILanguageModel dense = LanguageModels.Load(_model.Dense, InferenceOptions.Default), gguf = LanguageModels.Load(candidate, InferenceOptions.Default);
        int[] ids = dense.Tokenizer!.Encode("The capital of France is", addSpecialTokens: true);
        ContinuationRequest request = new(ids.AsMemory(0, ids.Length - 1), ids.AsMemory(ids.Length - 1));
        Assert.Equal(
            dense.ScoreContinuations([request], cancellationToken: TestContext.Current.CancellationToken)[0].LogLikelihood,
            gguf.ScoreContinuations([request], cancellationToken: TestContext.Current.CancellationToken)[0].LogLikelihood);
        Assert.Equal(dense.EndOfTextIds, gguf.EndOfTextIds);
    }

    [Fact]
    public void The_one_file_is_enough_to_ask_in_words()
    {
        Compress("alone", new Recipe(SampleRecipes.Magnitude(0), null));
        Directory.CreateDirectory(_model.PathOf("moved"));
        File.Copy(_model.PathOf("alone", "model.gguf"), _model.PathOf("moved", "a.gguf"));
        File.Copy(_model.PathOf("alone", "model.gguf"), _model.PathOf("moved", "b.gguf"));
        using var candidate = Model.Open(_model.PathOf("moved", "a.gguf"));
        using ILanguageModel dense = LanguageModels.Load(_model.Dense, InferenceOptions.Default), gguf = LanguageModels.Load(candidate, InferenceOptions.Default);
        Assert.Equal(dense.Tokenizer!.Hash, gguf.Tokenizer!.Hash);
        Assert.Equal(dense.EndOfTextIds, gguf.EndOfTextIds);
    }

    [Fact]
    public void Pruned_weights_are_exactly_zero()
    {
        foreach (string method in new[] { "q8_0", "q4_0" })
            Assert.All(Compress(method, new Recipe(SampleRecipes.Magnitude(0.5), Method(BlockMethod.Find(method)!))).Layers, layer => Assert.Equal(0.5, layer.Sparsity, 3));
        Recipe asymmetric = new(SampleRecipes.Magnitude(0.5), SampleRecipes.Rtn(4) with { Symmetric = false });
        Assert.All(Compress("asymmetric", asymmetric).Layers, layer => Assert.Equal(0.5, layer.Sparsity, 3));
    }

    [Fact]
    public void Rotary_scalings_that_GGUF_holds_are_written_and_others_refused()
    {
        Scaled("linear", """{"rope_type":"linear","factor":2.0}""");
        Scaled("llama3", """{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":8192}""");
        Scaled("yarn", """{"rope_type":"yarn","factor":2.0}""");
        GateException refused = Assert.Throws<GateException>(() => Scaled("dynamic", """{"rope_type":"dynamic","factor":2.0}"""));
        Assert.Equal(("GATE4120", ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
    }

    [Fact]
    public void A_recipe_that_GGUF_cannot_hold_is_refused_before_any_work()
    {
        Refused(new Recipe(null, SampleRecipes.Rtn(3)), "GATE4060", "3 bit");
        Refused(new Recipe(null, SampleRecipes.Rtn(4, 64)), "GATE4060", "groups of 64");
        Refused(new Recipe(null, SampleRecipes.Rtn(8) with { Symmetric = false }), "GATE4060", "asymmetric");
        Refused(new Recipe(null, Method(BlockMethod.Find("q4_k")!)), "GATE4005", "128 inputs");
        Refused(new Recipe(null, Method(BlockMethod.Find("q4_k")!) with { Bits = 5 }), "GATE4122", "bits");
        Refused(new Recipe(null, Method(BlockMethod.Find("q8_0")!) with { GroupSize = 64 }), "GATE4122", "groupSize");
        Refused(new Recipe(SampleRecipes.Magnitude(0.5), Method(BlockMethod.Find("q4_1")!)), "GATE4123", "q4_1");
        GateException other = Assert.Throws<GateException>(
            () => Compressor.Plan(_model.Dense, new Recipe(null, Method(BlockMethod.Find("q4_0")!)), null, CandidateLayout.Gptq));
        Assert.Equal("GATE4060", other.Diagnostic.Code);
    }

    [Theory]
    [InlineData("llama2_spm_bpe", "every way to make a token")]
    [InlineData("roberta_bytelevel_bpe", "lstrip")]
    [InlineData("llama3_split_bpe", null)]
    [InlineData("qwen2_split_bpe", null)]
    [InlineData("albert_unigram", "Unigram")]
    public void Tokenizers_are_written_when_llama_cpp_splits_text_as_they_do(string tokenizer, string? refusal)
    {
        RandomLlama.Write(_model.PathOf(tokenizer), 1, 32);
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json" })
            File.Copy(Gate.Tests.Repository.PathOf("tests", "Fixtures", "tokenizers", tokenizer, name), _model.PathOf(tokenizer, name), overwrite: true);
        using var dense = Model.Open(_model.PathOf(tokenizer));
        Recipe recipe = new(null, SampleRecipes.Rtn(8));
        if (refusal is null)
        {
            Assert.True(Compressor.Plan(dense, recipe, null, CandidateLayout.Gguf).PackedBytes > 0);
            return;
        }

        GateException refused = Assert.Throws<GateException>(() => Compressor.Plan(dense, recipe, null, CandidateLayout.Gguf));
        Assert.Equal(("GATE4121", ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(refusal!, refused.Diagnostic.Message);
    }

    public void Dispose() => _model.Dispose();

    private static QuantizationRecipe Method(BlockMethod method) => new() { Method = method.Name, Bits = method.Bits };

    private void Scaled(string name, string scaling)
    {
        RandomLlama.Write(_model.PathOf(name), 3, 32, configuration => configuration["rope_scaling"] = System.Text.Json.Nodes.JsonNode.Parse(scaling));
        using var dense = Model.Open(_model.PathOf(name));
        CompressionPlan plan = Compressor.Plan(dense, new Recipe(null, SampleRecipes.Rtn(8)), null, CandidateLayout.Gguf);
        CompressionOutcome outcome = Compressor.Compress(dense, plan, _model.PathOf($"{name}-gguf"), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(outcome.PackedBytes, plan.PackedBytes);
        using var candidate = Model.Open(_model.PathOf($"{name}-gguf"));
        Assert.Equal(name, candidate.Checkpoint.Configuration.GetObject("rope_scaling")!.GetString("rope_type"));
    }

    private CompressionOutcome Compress(string name, Recipe recipe) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, recipe, null, CandidateLayout.Gguf), _model.PathOf(name), new ComputeThreads(2),
        cancellationToken: TestContext.Current.CancellationToken);

    private void Refused(Recipe recipe, string code, string part)
    {
        GateException refused = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, recipe, null, CandidateLayout.Gguf));
        Assert.Equal((code, ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(part, refused.Diagnostic.Message);
    }
}
