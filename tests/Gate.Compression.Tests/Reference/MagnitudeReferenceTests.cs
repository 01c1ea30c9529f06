using Gate.Compression.Pruning;
using Gate.Compression.Pruning.Structured;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Reference;

public sealed class MagnitudeReferenceTests
{
    public static TheoryData<string> PerLayer => ReferenceSet.NamesOf("magnitude_per_layer");

    public static TheoryData<string> NmCases => ReferenceSet.NamesOf("magnitude_n_m");

    public static TheoryData<string> Global => ReferenceSet.NamesOf("magnitude_global");

    public static TheoryData<string> Unstructured => ReferenceSet.NamesOf("torch_l1_unstructured");

    public static TheoryData<string> Structured => ReferenceSet.NamesOf("torch_ln_structured");

    [Theory]
    [MemberData(nameof(PerLayer))]
    public void Layer_wise_magnitude_with_the_reference_count_gives_the_reference_mask(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        AssertSame(reference, MagnitudePruning.SelectLayer(reference.Layer.Weight, reference.Number("sparsity"), ComputeThreads.All, PruneCount.ReferenceThreshold));
    }

    [Theory]
    [MemberData(nameof(NmCases))]
    public void N_of_m_magnitude_gives_the_reference_mask(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        AssertSame(reference, MagnitudePruning.SelectNm(reference.Layer.Weight, reference.Layer.Columns, reference.Pattern, ComputeThreads.All));
    }

    [Theory]
    [MemberData(nameof(Unstructured))]
    public void Exact_layer_wise_magnitude_gives_the_mask_of_l1_unstructured(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        AssertSame(reference, MagnitudePruning.SelectLayer(reference.Layer.Weight, reference.Number("amount"), ComputeThreads.All));
    }

    [Theory]
    [MemberData(nameof(Structured))]
    public void Structured_pruning_gives_the_mask_of_ln_structured(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        AssertSame(reference, StructuredPruning.Select(
            reference.Layer.Weight, reference.Layer.Columns, reference.Number("amount"), reference.Number("n"),
            reference.Integer("dim") == 0 ? SliceDimension.Rows : SliceDimension.Columns, ComputeThreads.All));
    }

    [Theory]
    [MemberData(nameof(Global))]
    public void Global_magnitude_gives_the_reference_masks_of_every_layer(string name)
    {
        ReferenceCase reference = ReferenceSet.Case(name);
        IReadOnlyList<ReferenceLayer> layers = reference.Layers;
        bool[][] masks = MagnitudePruning.SelectGlobal([.. layers.Select(layer => (ReadOnlyMemory<float>)layer.Weight)], reference.Number("amount"), ComputeThreads.All);
        for (int i = 0; i < layers.Count; i++)
        {
            Assert.Equal(reference.File.Bytes(reference.Tensor(layers[i].Name, "mask")), masks[i].Select(pruned => pruned ? (byte)1 : (byte)0));
            float[] weights = layers[i].Weight;
            PruningMask.Apply(masks[i], weights);
            ReferenceComparison.AssertWeights(reference.File.Singles(reference.Tensor(layers[i].Name, "weight")), weights);
        }
    }

    private static void AssertSame(ReferenceCase reference, bool[] mask)
    {
        ReferenceComparison.AssertMask(reference, mask);
        float[] weights = reference.Layer.Weight;
        PruningMask.Apply(mask, weights);
        ReferenceComparison.AssertWeights(reference.File.Singles(reference.Tensor("weight")!), weights);
    }
}
