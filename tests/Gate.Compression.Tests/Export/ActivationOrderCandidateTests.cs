using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Structure;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Export;

/// <summary>GPTQ in activation order with groups that are fitted on the way: the columns of a group lie apart, and files hold an index of them.</summary>
public sealed class ActivationOrderCandidateTests : IDisposable
{
    private static readonly Recipe Ordered = new(
        null, new QuantizationRecipe { Method = "gptq", Bits = 4, GroupSize = 32, ActivationOrder = true },
        new CalibrationRecipe(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 8, SequenceLength: 64));

    private readonly SampleModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(CandidateLayout.Gptq, "g_idx", true)]
    [InlineData(CandidateLayout.Gptq, "g_idx", false)]
    [InlineData(CandidateLayout.CompressedTensors, "weight_g_idx", true)]
    [InlineData(CandidateLayout.CompressedTensors, "weight_g_idx", false)]
    [InlineData(CandidateLayout.CompressedTensorsPadded, "weight_g_idx", true)]
    public void Every_column_is_read_back_on_the_grid_of_the_group_that_the_index_names(CandidateLayout layout, string suffix, bool symmetric)
    {
        Recipe recipe = Ordered with { Quantize = Ordered.Quantize! with { Symmetric = symmetric } };
        CompressionPlan plan = Compressor.Plan(_model.Dense, recipe, null, layout);
        CompressionOutcome outcome = Compressor.Compress(
            _model.Dense, plan, _model.PathOf("ordered"), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
        using Model candidate = Model.Open(_model.PathOf("ordered"));
        byte[] file = File.ReadAllBytes(Path.Combine(candidate.Checkpoint.Folder, "model.safetensors"));
        foreach (LinearLayer layer in candidate.LinearLayers)
        {
            int[] groups = Integers(file, $"{layer.Name}.{suffix}");
            Assert.All(groups.CountBy(group => group), members => Assert.Equal(32, members.Value));
            Assert.NotEqual(groups.Order(), groups);
            float[] values = candidate.Checkpoint.ReadSingles(layer.WeightTensor);
            for (int row = 0; row < layer.Outputs; row += 17)
            {
                for (int group = 0; group < layer.Inputs / 32; group++)
                    Assert.InRange(Enumerable.Range(0, layer.Inputs).Where(column => groups[column] == group).Select(column => values[(row * layer.Inputs) + column]).Distinct().Count(), 1, 16);
            }
        }

        Assert.Equal(plan.PackedBytes, new FileInfo(Path.Combine(candidate.Checkpoint.Folder, "model.safetensors")).Length);
        Assert.Equal(plan.PackedBytes, outcome.PackedBytes);
        JsonNode configuration = JsonNode.Parse(File.ReadAllBytes(Path.Combine(candidate.Checkpoint.Folder, "config.json")))!["quantization_config"]!;
        if (layout == CandidateLayout.Gptq)
            Assert.True((bool)configuration["desc_act"]!);
        else
            Assert.Equal("group", (string?)configuration["config_groups"]!["group_0"]!["weights"]!["actorder"]);
    }

    [Fact]
    public void In_sixteen_bit_the_values_are_those_of_the_packed_codes()
    {
        // Half precision scales in both.
        Compress("dense", CandidateLayout.Dense);
        Compress("gptq", CandidateLayout.Gptq);
        using Model dense = Model.Open(_model.PathOf("dense")), packed = Model.Open(_model.PathOf("gptq"));
        foreach (LinearLayer layer in dense.LinearLayers.Where(layer => layer.Name.EndsWith("0.self_attn.q_proj", StringComparison.Ordinal)))
        {
            float[] exact = packed.Checkpoint.ReadSingles(layer.WeightTensor), rounded = dense.Checkpoint.ReadSingles(layer.WeightTensor);
            for (int i = 0; i < exact.Length; i++)
                Assert.Equal(exact[i], rounded[i], Math.Abs(exact[i]) / 256);
        }
    }

    [Theory]
    [InlineData(CandidateLayout.Awq)]
    [InlineData(CandidateLayout.Gguf)]
    public void A_format_without_an_index_of_groups_refuses_them_and_takes_static_ones(CandidateLayout layout)
    {
        GateException refusal = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, Ordered, null, layout));
        Assert.Equal("GATE4060", refusal.Diagnostic.Code);
        Assert.Contains("no index of groups", refusal.Diagnostic.Message);
        Assert.Contains("staticGroups", refusal.Diagnostic.Message);
        Assert.NotEmpty(Compressor.Plan(_model.Dense, Ordered with { Quantize = Ordered.Quantize! with { StaticGroups = true } }, null, layout).Layers);
    }

    [Fact]
    public void Static_groups_in_activation_order_need_no_index()
    {
        Recipe recipe = Ordered with { Quantize = Ordered.Quantize! with { StaticGroups = true } };
        CompressionPlan plan = Compressor.Plan(_model.Dense, recipe, null, CandidateLayout.CompressedTensors);
        Compressor.Compress(_model.Dense, plan, _model.PathOf("static"), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(plan.PackedBytes, new FileInfo(_model.PathOf("static", "model.safetensors")).Length);
    }

    // Read by hand from the file, as other programs do.
    private static int[] Integers(byte[] file, string name)
    {
        int headerBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonNode tensor = JsonNode.Parse(file.AsSpan(8, headerBytes))![name]!;
        Assert.Equal("I32", (string?)tensor["dtype"]);
        int start = (int)tensor["data_offsets"]![0]!, end = (int)tensor["data_offsets"]![1]!;
        return MemoryMarshal.Cast<byte, int>(file.AsSpan(8 + headerBytes + start, end - start)).ToArray();
    }

    private void Compress(string name, CandidateLayout layout) => Compressor.Compress(
        _model.Dense, Compressor.Plan(_model.Dense, Ordered, null, layout), _model.PathOf(name), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
}
