using System.Text.Json;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Export;

/// <summary>A candidate in a packed format holds the quantiser's own codes and reads back as exactly their values.</summary>
public sealed class PackedCandidateTests : IDisposable
{
    private readonly SampleModel _model = new();

    /// <summary>Layout, bits, group size (0: per channel), symmetric.</summary>
    public static TheoryData<CandidateLayout, int, int, bool> Cases()
    {
        TheoryData<CandidateLayout, int, int, bool> cases = new() { { CandidateLayout.Awq, 4, 32, false }, { CandidateLayout.Awq, 4, 32, true }, { CandidateLayout.Awq, 4, 0, false } };
        foreach (bool symmetric in new[] { true, false })
        {
            foreach (int bits in new[] { 2, 3, 4, 5, 6, 7, 8 })
                cases.Add(CandidateLayout.CompressedTensors, bits, 32, symmetric);
            foreach (int bits in new[] { 3, 4, 6 })
                cases.Add(CandidateLayout.CompressedTensorsPadded, bits, 32, symmetric);
            foreach (int bits in new[] { 2, 3, 4, 8 })
                cases.Add(CandidateLayout.Gptq, bits, 64, symmetric);
            cases.Add(CandidateLayout.CompressedTensors, 4, 0, symmetric);
            cases.Add(CandidateLayout.Gptq, 4, 0, symmetric);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_read_back_is_what_the_quantiser_computed(CandidateLayout layout, int bits, int groupSize, bool symmetric)
    {
        int? group = groupSize == 0 ? null : groupSize;
        Recipe recipe = new(null, SampleRecipes.Rtn(bits, group) with { Symmetric = symmetric });
        CompressionOutcome outcome = Compress("packed", recipe, layout);
        using var candidate = Model.Open(_model.PathOf("packed"));
        GridOptions grid = new(bits, symmetric) { HalfScales = true, BFloat16Scales = layout is CandidateLayout.CompressedTensors or CandidateLayout.CompressedTensorsPadded };
        foreach (LinearLayer layer in candidate.LinearLayers)
        {
            float[] expected = RoundToNearest.Quantize(
                _model.Dense.Checkpoint.ReadSingles(layer.WeightTensor), layer.Outputs, layer.Inputs, group, grid, ComputeThreads.All).Dequantize(ComputeThreads.All);
            Assert.Equal(expected, candidate.Checkpoint.ReadSingles(layer.WeightTensor));
            Assert.Equal(bits, candidate.Checkpoint.CodeBitsOf(candidate.Checkpoint.Require(layer.WeightTensor)));
        }

        Assert.Equal(outcome.CandidateWeightsHash, candidate.Checkpoint.ComputeWeightsHash(TestContext.Current.CancellationToken));
        Assert.NotNull(Compressor.ReadSidecar(candidate.Checkpoint));
        Assert.DoesNotContain(Directory.EnumerateFiles(_model.PathOf("packed")), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CandidateLayout.CompressedTensors, 4, 32, true)]
    [InlineData(CandidateLayout.CompressedTensors, 3, 64, false)]
    [InlineData(CandidateLayout.CompressedTensorsPadded, 3, 64, false)]
    [InlineData(CandidateLayout.CompressedTensorsPadded, 5, 32, true)]
    [InlineData(CandidateLayout.Gptq, 4, 32, true)]
    [InlineData(CandidateLayout.Gptq, 3, 64, false)]
    [InlineData(CandidateLayout.Gptq, 8, null, true)]
    [InlineData(CandidateLayout.Awq, 4, 128, false)]
    [InlineData(CandidateLayout.Awq, 4, null, true)]
    public void The_size_formula_is_the_size_of_the_file(CandidateLayout layout, int bits, int? groupSize, bool symmetric)
    {
        Recipe recipe = new(null, SampleRecipes.Rtn(bits, groupSize) with { Symmetric = symmetric });
        CompressionOutcome outcome = Compress("sized", recipe, layout);
        using var candidate = Model.Open(_model.PathOf("sized"));
        TensorInfo[] weights = [.. candidate.LinearLayers.Select(layer => candidate.Checkpoint.Require(layer.WeightTensor))];

        // The extents of a layer in pack-quantized say nothing about its weights; everything else counts.
        long shapes = layout is CandidateLayout.CompressedTensors or CandidateLayout.CompressedTensorsPadded ? 8L * 16 * weights.Length : 0;
        Assert.Equal(outcome.BitsPerWeight, ((8.0 * weights.Sum(candidate.Checkpoint.StoredBytesOf)) - shapes) / weights.Sum(tensor => tensor.ElementCount), 12);
        long fileBytes = new FileInfo(Path.Combine(candidate.Checkpoint.Folder, "model.safetensors")).Length;
        Assert.Equal(fileBytes, outcome.PackedBytes);
        Assert.Equal(fileBytes, Compressor.Plan(_model.Dense, recipe, null, layout).PackedBytes);
    }

    [Theory]
    [InlineData(CandidateLayout.Gptq, 4.625 + (9 * 128 * 32.0 / 196_608))]
    [InlineData(CandidateLayout.Awq, 4.625)]
    public void A_budget_counts_what_the_format_stores_beside_the_codes(CandidateLayout layout, double bits)
    {
        Recipe recipe = new(null, SampleRecipes.Rtn(4, 32));
        Assert.Equal(4.5, Compressor.Plan(_model.Dense, recipe, new Budget(null, 4.5, null), CandidateLayout.CompressedTensors).BitsPerWeight);
        GateException refusal = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, recipe, new Budget(null, 4.5, null), layout));
        Assert.Equal("GATE4010", refusal.Diagnostic.Code);

        // Zero points of 4 bit for every group of 32; GPTQ has an index of 32 bit for every input of the seven layers of a block too.
        Assert.Equal(bits, Compressor.Plan(_model.Dense, recipe, null, layout).BitsPerWeight, 12);
    }

    [Theory]
    [InlineData(CandidateLayout.CompressedTensors, "0.18.0", 12)]
    [InlineData(CandidateLayout.CompressedTensorsPadded, "0.16.0", 13)]
    public void Packing_and_version_of_the_library_agree(CandidateLayout layout, string version, int words)
    {
        // 128 codes of 3 bit are 384 bits: twelve words, or thirteen with ten codes each.
        Compress("version", new Recipe(null, SampleRecipes.Rtn(3, 32)), layout);
        using var candidate = Model.Open(_model.PathOf("version"));
        Assert.Equal([128, words], candidate.Checkpoint.StoredTensors.Single(tensor => tensor.Name == "model.layers.0.self_attn.q_proj.weight_packed").Shape);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(candidate.Checkpoint.Folder, "config.json")));
        Assert.Equal(version, document.RootElement.GetProperty("quantization_config").GetProperty("version").GetString());
    }

    [Fact]
    public void The_settings_are_those_the_library_writes_and_no_others()
    {
        Compress("settings", new Recipe(null, SampleRecipes.Rtn(4, 32)), CandidateLayout.CompressedTensors);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_model.PathOf("settings"), "config.json")));
        JsonElement settings = document.RootElement.GetProperty("quantization_config");
        Assert.Equal(
            ["quant_method", "version", "format", "quantization_status", "global_compression_ratio", "ignore", "kv_cache_scheme", "sparsity_config", "transform_config", "config_groups"],
            settings.EnumerateObject().Select(property => property.Name));
        JsonElement group = settings.GetProperty("config_groups").GetProperty("group_0");
        Assert.Equal(["targets", "format", "input_activations", "output_activations", "weights"], group.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["num_bits", "type", "symmetric", "strategy", "group_size", "block_structure", "actorder", "dynamic", "scale_dtype", "zp_dtype", "observer", "observer_kwargs"],
            group.GetProperty("weights").EnumerateObject().Select(property => property.Name));
        Assert.Equal("llama", document.RootElement.GetProperty("model_type").GetString());
    }

    [Fact]
    public void Layers_out_of_scope_stay_dense_and_are_named_in_the_settings()
    {
        foreach (CandidateLayout layout in new[] { CandidateLayout.CompressedTensors, CandidateLayout.Gptq, CandidateLayout.Awq })
        {
            QuantizationRecipe quantize = SampleRecipes.Rtn(4, 32) with { Scope = Scope.All with { Exclude = ["*.mlp.*"] } };
            Compress($"scoped-{layout}", new Recipe(null, quantize), layout);
            using var candidate = Model.Open(_model.PathOf($"scoped-{layout}"));
            Assert.Equal(NumberFormat.BFloat16, candidate.Checkpoint.Require("model.layers.0.mlp.up_proj.weight").Format);
            Assert.Equal(NumberFormat.Float32, candidate.Checkpoint.Require("model.layers.0.self_attn.q_proj.weight").Format);
            Assert.Contains("model.layers.0.mlp.up_proj", File.ReadAllText(Path.Combine(candidate.Checkpoint.Folder, "config.json")).Replace("\\\\.", "."));
        }
    }

    [Fact]
    public void A_recipe_that_a_format_cannot_hold_is_refused_before_any_work()
    {
        Refused(CandidateLayout.Awq, new Recipe(null, SampleRecipes.Rtn(3, 32)), "GATE4060", "3 bits");
        Refused(CandidateLayout.Gptq, new Recipe(null, SampleRecipes.Rtn(5, 32)), "GATE4060", "5 bits");
        Refused(CandidateLayout.CompressedTensors, new Recipe(SampleRecipes.Joint(0.5, 4).Prune, null), "GATE4060", "quantises no layer");
    }

    [Fact]
    public void A_model_that_is_quantised_already_is_not_compressed_again()
    {
        Compress("once", new Recipe(null, SampleRecipes.Rtn(4, 32)), CandidateLayout.CompressedTensors);
        using var candidate = Model.Open(_model.PathOf("once"));
        GateException refused = Assert.Throws<GateException>(() => Compressor.Plan(candidate, new Recipe(null, SampleRecipes.Rtn(4, 32)), null));
        Assert.Equal(("GATE4061", ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
    }

    [Fact]
    public void Pruned_weights_are_exactly_zero_in_every_format()
    {
        foreach (CandidateLayout layout in new[] { CandidateLayout.CompressedTensors, CandidateLayout.Gptq, CandidateLayout.Awq })
        {
            CompressionOutcome outcome = Compress($"joint-{layout}", SampleRecipes.Joint(0.5, 4), layout);
            Assert.All(outcome.Layers, layer => Assert.Equal(0.5, layer.Sparsity, 3));
        }
    }

    public void Dispose() => _model.Dispose();

    private CompressionOutcome Compress(string name, Recipe recipe, CandidateLayout layout) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, recipe, null, layout), _model.PathOf(name), new ComputeThreads(2),
        cancellationToken: TestContext.Current.CancellationToken);

    private void Refused(CandidateLayout layout, Recipe recipe, string code, string part)
    {
        GateException refused = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, recipe, null, layout));
        Assert.Equal((code, ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(part, refused.Diagnostic.Message);
    }
}
