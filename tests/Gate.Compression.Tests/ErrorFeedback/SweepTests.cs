using Gate.Compression.Calibration;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Reference;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.ErrorFeedback;

public sealed class SweepTests
{
    private static readonly ComputeThreads Threads = new(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Layers => new(ReferenceSet.Committed.LayerNames);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gptq_loses_less_of_the_output_than_round_to_nearest(string name)
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated(name);
        GridOptions grid = new(4, Symmetric: true) { HalfScales = true };
        float[] rounded = RoundToNearest.Quantize(layer.Weight, layer.Rows, layer.Columns, 32, grid, Threads).Dequantize(ComputeThreads.All);
        CalibratedResult result = CalibratedMethods.Gptq(
            layer.Weight, layer.Rows, input, new GptqOptions(grid) { GroupSize = 32 }, activationOrder: true, mask: null, Threads, Token);

        Assert.Null(result.Fallback);
        double error = input.Statistics.OutputError(layer.Weight, result.Weights, layer.Rows, Threads);
        Assert.True(error < 0.8 * input.Statistics.OutputError(layer.Weight, rounded, layer.Rows, Threads));
        Assert.Equal(layer.ReconstructionError(layer.Weight, result.Weights), error, 1e-4 * error);
    }

    [Theory]
    [InlineData(false, 128)]
    [InlineData(true, 48)]
    public void A_mask_is_kept_exactly_and_costs_less_output_than_rounding_without_feedback(bool activationOrder, int groupSize)
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("wide");
        bool[] mask = MagnitudePruning.SelectLayer(layer.Weight, 0.5, ComputeThreads.All);
        float[] pruned = layer.Weight;
        PruningMask.Apply(mask, pruned);
        GridOptions grid = new(4, Symmetric: false);
        CalibratedResult result = CalibratedMethods.Gptq(
            pruned, layer.Rows, input, new GptqOptions(grid) { GroupSize = groupSize, BlockSize = 32 }, activationOrder, mask, Threads, Token);

        Assert.All(result.Weights.Zip(mask).Where(pair => pair.Second), pair => Assert.Equal(0f, pair.First));
        float[] rounded = RoundToNearest.Quantize(pruned, layer.Rows, layer.Columns, groupSize, grid, Threads).Dequantize(ComputeThreads.All);
        Assert.True(input.Statistics.OutputError(pruned, result.Weights, layer.Rows, Threads) < input.Statistics.OutputError(pruned, rounded, layer.Rows, Threads));
    }

    [Fact]
    public void Without_a_mask_pruned_weights_come_back()
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("wide");
        bool[] mask = MagnitudePruning.SelectLayer(layer.Weight, 0.5, ComputeThreads.All);
        float[] pruned = layer.Weight;
        PruningMask.Apply(mask, pruned);
        CalibratedResult result = CalibratedMethods.Gptq(
            pruned, layer.Rows, input, new GptqOptions(new GridOptions(4, true)), activationOrder: false, mask: null, Threads, Token);
        Assert.Contains(result.Weights.Zip(mask), pair => pair.Second && pair.First != 0);
    }

    [Theory]
    [InlineData(0.25, 16)]
    [InlineData(0.333, 48)]
    [InlineData(0.9, 128)]
    public void SparseGpt_prunes_the_exact_number_over_the_layer(double sparsity, int blockSize)
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("multi");
        CalibratedResult result = CalibratedMethods.SparseGpt(
            layer.Weight, layer.Rows, input, new SparseGptOptions { Sparsity = sparsity, BlockSize = blockSize }, Threads, Token);

        Assert.Equal((long)Math.Round(sparsity * layer.Rows * layer.Columns, MidpointRounding.ToEven), PruningMask.Count(result.Mask));
        Assert.All(result.Weights.Zip(result.Mask!), pair => Assert.True(!pair.Second || pair.First == 0));
    }

    [Theory]
    [InlineData(2, 4, null)]
    [InlineData(1, 3, 32)]
    public void SparseGpt_keeps_a_pattern_with_and_without_a_grid(int zeros, int group, int? groupSize)
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("multi");
        CalibratedResult result = CalibratedMethods.SparseGpt(
            layer.Weight, layer.Rows, input,
            new SparseGptOptions
            {
                Pattern = new NmPattern(zeros, group),
                BlockSize = 128,
                GroupSize = groupSize,
                Grid = groupSize is null ? null : new GridOptions(4, true),
            },
            Threads, Token);
        for (int start = 0; start < result.Mask!.Length; start += group)
            Assert.Equal(zeros, PruningMask.Count(result.Mask.AsSpan(start, group)));
        Assert.All(result.Weights.Zip(result.Mask), pair => Assert.True(!pair.Second || pair.First == 0));
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("wide");
        HessianFactor factor = input.Factor(activationOrder: true)!;
        GptqOptions options = new(new GridOptions(3, false)) { GroupSize = 32, BlockSize = 48 };
        QuantizedMatrix one = Gptq.Quantize(layer.Weight, layer.Rows, factor, options, null, new ComputeThreads(1), Token).Matrix;
        QuantizedMatrix many = Gptq.Quantize(layer.Weight, layer.Rows, factor, options, null, new ComputeThreads(4), Token).Matrix;
        Assert.Equal(one.Codes, many.Codes);
        Assert.Equal(one.Grids, many.Grids);
    }

    // 12 and 20 begin in the middle of the strips of columns that a block is updated by.
    [Theory]
    [InlineData(32)]
    [InlineData(12)]
    [InlineData(20)]
    public void Lazy_blocks_change_nothing_but_the_last_bits(int groupSize)
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("multi");
        HessianFactor factor = input.Factor(activationOrder: false)!;
        GptqOptions options = new(new GridOptions(8, false)) { GroupSize = groupSize };
        float[] small = Gptq.Quantize(layer.Weight, layer.Rows, factor, options with { BlockSize = 7 }, null, Threads, Token).Matrix.Dequantize(ComputeThreads.All);
        float[] large = Gptq.Quantize(layer.Weight, layer.Rows, factor, options with { BlockSize = 192 }, null, Threads, Token).Matrix.Dequantize(ComputeThreads.All);
        Assert.True(small.Zip(large).Count(pair => MathF.Abs(pair.First - pair.Second) > 1e-5f) < small.Length / 500);
    }

    [Fact]
    [Trait("Complaint", "17")]
    public void An_indefinite_hessian_is_damped_step_by_step()
    {
        double[] hessian = [1, 1.05, 0, 1.05, 1, 0, 0, 0, 1];
        HessianFactor? factor = HessianFactor.TryCreate(hessian, 3, damping: 0.01, activationOrder: false, Threads);
        Assert.NotNull(factor);
        Assert.Equal(0.1, factor.Damping, 1e-12);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(double.NaN)]
    public void A_hessian_beyond_help_is_refused(double offDiagonal) =>
        Assert.Null(HessianFactor.TryCreate([1, offDiagonal, offDiagonal, 1], 2, damping: 0.01, activationOrder: false, Threads));

    [Fact]
    public void The_plain_methods_stand_in_for_a_hessian_beyond_help_and_say_so()
    {
        ReferenceLayer layer = ReferenceSet.Committed.Layer("small");
        InputStatistics statistics = new(layer.Columns);
        float[] huge = new float[2 * layer.Columns];
        Array.Fill(huge, 1e30f);
        statistics.Add(huge, Threads);
        SharedInput input = new(statistics, 0, Threads);

        CalibratedResult quantized = CalibratedMethods.Gptq(
            layer.Weight, layer.Rows, input, new GptqOptions(new GridOptions(4, true)), activationOrder: false, mask: null, Threads, Token);
        CalibratedResult pruned = CalibratedMethods.SparseGpt(layer.Weight, layer.Rows, input, new SparseGptOptions { Sparsity = 0.5 }, Threads, Token);

        Assert.StartsWith("rtn", quantized.Fallback);
        Assert.StartsWith("magnitude", pruned.Fallback);
        Assert.Equal(layer.Weight.Length / 2, PruningMask.Count(pruned.Mask));
    }

    [Fact]
    [Trait("Complaint", "17")]
    public void Dead_inputs_lose_their_weights_and_disturb_nothing_else()
    {
        (ReferenceLayer layer, SharedInput input) = Calibrated("dead");
        bool[] dead = input.Factor(activationOrder: false)!.Dead;
        CalibratedResult result = CalibratedMethods.Gptq(
            layer.Weight, layer.Rows, input, new GptqOptions(new GridOptions(4, false)), activationOrder: false, mask: null, Threads, Token);

        Assert.Equal(2, dead.Count(column => column));
        for (int i = 0; i < result.Weights.Length; i++)
            Assert.True(!dead[i % layer.Columns] || result.Weights[i] == 0);
    }

    private static (ReferenceLayer Layer, SharedInput Input) Calibrated(string name)
    {
        ReferenceLayer layer = ReferenceSet.Committed.Layer(name);
        InputStatistics statistics = new(layer.Columns);
        float[] activations = layer.Activations;
        int length = activations.Length / layer.Sequences;
        for (int sequence = 0; sequence < layer.Sequences; sequence++)
            statistics.Add(activations.AsSpan(sequence * length, length), Threads);
        return (layer, new SharedInput(statistics, 0.01, Threads));
    }
}
