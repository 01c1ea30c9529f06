using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Reference;

/// <summary>Compares a result with a case by the case's own rule.</summary>
internal static class ReferenceComparison
{
    private const float WeightTolerance = 1e-5f;

    public static void AssertMask(ReferenceCase reference, bool[] mask) => Assert.Equal(reference.Mask, mask);

    public static void AssertWeights(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= WeightTolerance, $"weight {i}: expected {expected[i]:R}, found {actual[i]:R}");
    }

    public static void AssertSparse(ReferenceCase reference, SparseGptResult actual)
    {
        if (reference.IsReconstruction)
        {
            ReferenceLayer layer = reference.Layer;
            double error = layer.ReconstructionError(layer.Weight, actual.Weights);
            Assert.InRange(error, reference.ReconstructionError * 0.98, reference.ReconstructionError * 1.02);
            int differing = reference.Mask.Zip(actual.Mask).Count(pair => pair.First != pair.Second);
            Assert.InRange(differing, 0, 2 * reference.SeenDifferences("mask_entries_differing") + actual.Mask.Length / 100);
            return;
        }

        AssertMask(reference, actual.Mask);
        if (reference.Tensor("weight") is { } weight)
            AssertWeights(reference.File.Singles(weight), actual.Weights);
        if (reference.Tensor("codes") is not null)
            AssertQuantized(reference, actual.Quantized!);
    }

    public static void AssertQuantized(ReferenceCase reference, QuantizedMatrix actual)
    {
        SafetensorsFixture file = reference.File;
        byte[] codes = file.Bytes(reference.Tensor("codes")!);
        int differing = codes.Zip(actual.Codes).Count(pair => pair.First != pair.Second);
        if (reference.IsReconstruction)
        {
            ReferenceLayer layer = reference.Layer;
            double error = layer.ReconstructionError(layer.Weight, actual.Dequantize(ComputeThreads.All));
            Assert.InRange(error, reference.ReconstructionError * 0.98, reference.ReconstructionError * 1.02);

            // "About as many": a different order of summation may flip other near-ties than those that were seen to flip.
            Assert.InRange(differing, 0, 2 * reference.SeenDifferences("codes_differing") + codes.Length / 100);
            return;
        }

        int columns = reference.Layer.Columns;
        Assert.True(differing == 0, "codes differ: " + string.Join("; ", codes.Zip(actual.Codes).Index().Where(code => code.Item.First != code.Item.Second)
            .Take(10).Select(code => $"[{code.Index / columns}, {code.Index % columns}] expected {code.Item.First}, found {code.Item.Second}")));
        float[] scale = file.Singles(reference.Tensor("scale")!);
        float[] zero = file.Singles(reference.Tensor("zero")!);
        Assert.Equal(scale.Length, actual.Grids.Length);
        for (int i = 0; i < scale.Length; i++)
        {
            Assert.True(MathF.Abs(scale[i] - actual.Grids[i].Scale) <= 1e-5f * scale[i], $"scale {i}: {scale[i]:R} {actual.Grids[i].Scale:R}");
            Assert.Equal(zero[i], actual.Grids[i].Zero);
        }

        if (reference.Tensor("group_index") is { } groups)
            Assert.Equal(file.Integers(groups), actual.GroupIndex);
        if (reference.Tensor("weight") is { } weight)
            AssertWeights(file.Singles(weight), actual.Dequantize(ComputeThreads.All));
    }
}
