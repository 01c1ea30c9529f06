using Gate.Compression.Calibration;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Reference;

public sealed class CalibratedReferenceTests
{
    private static readonly ComputeThreads Threads = new(2);

    public static TheoryData<string> WandaCases => ReferenceSet.NamesOf("wanda", "wanda_n_m");

    public static TheoryData<string> SparseGptCases => ReferenceSet.NamesOf("sparsegpt", "sparsegpt_n_m", "sparsegpt_joint_quant");

    public static TheoryData<string> GptqCases => ReferenceSet.NamesOf("gptq");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WandaCases))]
    public void Wanda_gives_the_reference_mask_from_the_activations(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        ReferenceLayer layer = reference.Layer;
        double[] squares = Statistics(layer).MeanSquares();
        float[] expected = reference.File.Singles(reference.Tensor("scaler_row")!);
        Assert.All(expected.Zip(squares), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Abs(pair.First)));

        bool[] mask = reference.Has("sparsity")
            ? Wanda.SelectRows(layer.Weight, squares, reference.Number("sparsity"), ComputeThreads.All)
            : Wanda.SelectNm(layer.Weight, squares, reference.Pattern, ComputeThreads.All);
        ReferenceComparison.AssertMask(reference, mask);
        float[] weights = layer.Weight;
        PruningMask.Apply(mask, weights);
        ReferenceComparison.AssertWeights(reference.File.Singles(reference.Tensor("weight")!), weights);
    }

    [Fact]
    public void The_hessian_from_the_activations_is_the_reference_one()
    {
        foreach (string name in ReferenceSet.Committed.LayerNames)
        {
            ReferenceLayer layer = ReferenceSet.Committed.Layer(name);
            double[] hessian = Statistics(layer).Hessian();
            float[] expected = layer.Hessian;
            double largest = expected.Max();
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], hessian[i], 1e-5 * largest);
        }
    }

    [Theory]
    [MemberData(nameof(SparseGptCases))]
    public void SparseGpt_gives_the_reference_result(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        ReferenceLayer layer = reference.Layer;
        HessianFactor factor = Factor(reference, layer, activationOrder: false);
        SparseGptResult result = SparseGpt.Prune(layer.Weight, layer.Rows, factor, new SparseGptOptions
        {
            Sparsity = reference.Has("sparsity") ? reference.Number("sparsity") : null,
            Pattern = reference.Has("group") ? reference.Pattern : null,
            Count = PruneCount.ReferenceThreshold,
            BlockSize = reference.Integer("blocksize"),
            Grid = reference.Has("bits") ? reference.Grid : null,
            GroupSize = reference.Has("groupsize") ? reference.GroupSize : null,
        }, Threads, Token);

        ReferenceComparison.AssertSparse(reference, result);
        Assert.Equal(reference.PrintedError, result.Loss, 0.02 * reference.PrintedError);
    }

    [Theory]
    [MemberData(nameof(GptqCases))]
    public void Gptq_gives_the_reference_result(string name) => AssertGptq(ReferenceSet.Case(name));

    [Fact]
    public void A_block_that_is_shorter_than_a_group_gives_the_reference_result() =>
        AssertGptq(ReferenceSet.BelowGroup.CaseOf("small.gptq_w3_sym_g32_bs16"));

    private static void AssertGptq(ReferenceCase reference)
    {
        ReferenceLayer layer = reference.Layer;
        HessianFactor factor = Factor(reference, layer, reference.Flag("actorder"));
        GptqResult result = Gptq.Quantize(layer.Weight, layer.Rows, factor, new GptqOptions(reference.Grid)
        {
            GroupSize = reference.GroupSize,
            StaticGroups = reference.Flag("static_groups"),
            BlockSize = reference.Integer("blocksize"),
            ReferenceGroups = true,
        }, mask: null, Threads, Token);

        if (reference.Tensor("perm") is { } order)
            AssertSameOrder(reference.File.Integers(order), factor);
        ReferenceComparison.AssertQuantized(reference, result.Matrix);
        Assert.Equal(reference.PrintedError, result.Loss, 0.02 * reference.PrintedError);
    }

    // The reference's sort is not stable: dead columns, which all have the same diagonal, may stand in any order among themselves.
    private static void AssertSameOrder(int[] expected, HessianFactor factor)
    {
        Assert.Equal(expected.Select(column => factor.Dead[column] ? -1 : column), factor.Order!.Select(column => factor.Dead[column] ? -1 : column));
        Assert.Equal(expected.Order(), factor.Order!.Order());
    }

    private static InputStatistics Statistics(ReferenceLayer layer)
    {
        InputStatistics statistics = new(layer.Columns);
        float[] activations = layer.Activations;
        int length = activations.Length / layer.Sequences;
        for (int sequence = 0; sequence < layer.Sequences; sequence++)
            statistics.Add(activations.AsSpan(sequence * length, length), Threads);
        return statistics;
    }

    private static HessianFactor Factor(ReferenceCase reference, ReferenceLayer layer, bool activationOrder)
    {
        HessianFactor? factor = HessianFactor.TryCreate(
            Statistics(layer).Hessian(), layer.Columns, reference.Number("percdamp"), activationOrder, Threads);
        Assert.NotNull(factor);
        return factor;
    }
}
