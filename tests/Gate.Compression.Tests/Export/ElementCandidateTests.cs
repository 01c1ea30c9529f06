using System.Text.Json.Nodes;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Export;

/// <summary>compressed-tensors with one byte for each weight: int8 beside int8 activations, computed as integers, and float8.</summary>
public sealed class ElementCandidateTests : IDisposable
{
    private static readonly QuantizationRecipe Int8 = SampleRecipes.Rtn(8, null) with { Activations = "int8" };

    private readonly SampleModel _model = new();

    [Theory]
    [InlineData("int8", "channel")]
    [InlineData("fp8-e4m3", "channel")]
    [InlineData("fp8-e4m3", "tensor")]
    public void What_is_read_back_is_what_the_quantiser_computed(string kind, string granularity)
    {
        bool isFloat = kind != "int8";
        QuantizationRecipe quantize = isFloat ? Int8 with { Activations = "exact", Grid = kind, Granularity = granularity } : Int8;
        Recipe recipe = new(null, quantize);
        CompressionOutcome outcome = Compress("bytes", recipe);
        using var candidate = Model.Open(_model.PathOf("bytes"));
        foreach (LinearLayer layer in candidate.LinearLayers)
        {
            float[] weights = _model.Dense.Checkpoint.ReadSingles(layer.WeightTensor);
            GridOptions grid = new(8, true)
            {
                HalfScales = true,
                BFloat16Scales = true,
                Elements = isFloat ? GridElements.Float8E4M3 : GridElements.Integer,
                WholeRange = granularity == "tensor" ? QuantizationGrid.RangeOf(weights) : null,
            };
            float[] expected = RoundToNearest.Quantize(weights, layer.Outputs, layer.Inputs, null, grid, ComputeThreads.All).Dequantize(ComputeThreads.All);
            Assert.Equal(expected, candidate.Checkpoint.ReadSingles(layer.WeightTensor));
        }

        string format = isFloat ? "float-quantized" : "int-quantized";
        Assert.Equal($"compressed-tensors, {format}", candidate.Checkpoint.Quantization!.ToString());
        Assert.Equal(!isFloat, candidate.Checkpoint.Quantization.QuantizesActivations);
        long fileBytes = new FileInfo(Path.Combine(candidate.Checkpoint.Folder, "model.safetensors")).Length;
        Assert.Equal((fileBytes, fileBytes), (outcome.PackedBytes, Compressor.Plan(_model.Dense, recipe, null, CandidateLayout.CompressedTensors).PackedBytes));
    }

    [Fact]
    public void Integer_activations_are_computed_as_integers_and_the_same_in_every_batch()
    {
        Compress("integers", new Recipe(null, Int8));
        Directory.CreateDirectory(_model.PathOf("exact"));
        foreach (string path in Directory.EnumerateFiles(_model.PathOf("integers")).Where(path => !path.EndsWith("gate-compression.json", StringComparison.Ordinal)))
            File.Copy(path, _model.PathOf("exact", Path.GetFileName(path)));
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(_model.PathOf("exact", "config.json")))!;
        configuration["quantization_config"]!["config_groups"]!["group_0"]!["input_activations"] = null;
        File.WriteAllText(_model.PathOf("exact", "config.json"), configuration.ToJsonString());

        using var integers = Model.Open(_model.PathOf("integers"));
        using var exact = Model.Open(_model.PathOf("exact"));
        using ILanguageModel rounded = LanguageModels.Load(integers, InferenceOptions.Default), plain = LanguageModels.Load(exact, InferenceOptions.Default);
        using ILanguageModel small = LanguageModels.Load(integers, new InferenceOptions(new ComputeThreads(1), BatchTokens: 3));
        ContinuationRequest[] requests = [.. new[] { "The capital of France is", "The capital of Peru is", "A" }.Select(text =>
        {
            int[] ids = rounded.Tokenizer!.Encode(text + " Lima and Paris.", addSpecialTokens: true);
            return new ContinuationRequest(ids.AsMemory(0, ids.Length - 2), ids.AsMemory(ids.Length - 2));
        })];
        double[] together = Scores(rounded, requests), others = Scores(plain, requests);
        Assert.Equal(together, requests.Select(request => Scores(small, [request])[0]));
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.NotEqual(others[i], together[i]);
            Assert.InRange(together[i], others[i] - 0.7, others[i] + 0.7);
        }
    }

    [Fact]
    public void Layers_with_and_without_integer_activations_may_stand_side_by_side()
    {
        Compress("mixed", new Recipe(null, Int8 with { Scope = Scope.All with { Exclude = ["*.k_proj", "*.up_proj"] } }));
        using var candidate = Model.Open(_model.PathOf("mixed"));
        using ILanguageModel mixed = LanguageModels.Load(candidate, InferenceOptions.Default), dense = LanguageModels.Load(_model.Dense, InferenceOptions.Default);
        int[] ids = mixed.Tokenizer!.Encode("The capital of France is Paris.", addSpecialTokens: true);
        ContinuationRequest request = new(ids.AsMemory(0, ids.Length - 2), ids.AsMemory(ids.Length - 2));
        double expected = Scores(dense, [request])[0];
        Assert.InRange(Scores(mixed, [request])[0], expected - 0.7, expected + 0.7);
    }

    [Fact]
    public void Integer_activations_that_no_runtime_multiplies_are_refused()
    {
        Refused(Int8 with { Bits = 4 }, CandidateLayout.CompressedTensors, "GATE4124", "4 bits");
        Refused(Int8 with { GroupSize = 32 }, CandidateLayout.CompressedTensors, "GATE4124", "groups of 32");
        Refused(Int8 with { Symmetric = false }, CandidateLayout.CompressedTensors, "GATE4124", "zero points");
        Refused(Int8, CandidateLayout.Dense, "GATE4060", "activations");
        Refused(Int8, CandidateLayout.Gguf, "GATE4060", "activations");
        Refused(Int8 with { Activations = "exact", Grid = "fp8-e4m3", GroupSize = 32 }, CandidateLayout.CompressedTensors, "GATE4060", "groups of 32");
    }

    public void Dispose() => _model.Dispose();

    private static double[] Scores(ILanguageModel model, ContinuationRequest[] requests) =>
        [.. model.ScoreContinuations(requests, cancellationToken: TestContext.Current.CancellationToken).Select(score => score.LogLikelihood)];

    private CompressionOutcome Compress(string name, Recipe recipe) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, recipe, null, CandidateLayout.CompressedTensors), _model.PathOf(name), new ComputeThreads(2),
        cancellationToken: TestContext.Current.CancellationToken);

    private void Refused(QuantizationRecipe quantize, CandidateLayout layout, string code, string part)
    {
        GateException refused = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, new Recipe(null, quantize), null, layout));
        Assert.Equal((code, ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(part, refused.Diagnostic.Message);
    }
}
