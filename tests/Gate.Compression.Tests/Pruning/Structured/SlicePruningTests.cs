using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Pruning;
using Gate.Compression.Pruning.Structured;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Pruning.Structured;

public sealed class SlicePruningTests
{
    // Few distinct values, so that equal norms are the rule.
    private static readonly Arbitrary<(float[] Weights, int Columns, double Amount, SliceDimension Dimension)> Cases =
        (from rows in Gen.Choose(1, 40)
         from columns in Gen.Choose(1, 40)
         from weights in Gen.Choose(-3, 3).Select(value => value / 8f).ArrayOf(rows * columns)
         from percent in Gen.Choose(0, 100)
         from dimension in Gen.Elements(SliceDimension.Rows, SliceDimension.Columns)
         select (weights, columns, percent / 100.0, dimension)).ToArbitrary();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(double.PositiveInfinity)]
    public void Whole_slices_of_smallest_norm_go_in_index_order_and_no_threads_change_that(double order) => Check.QuickThrowOnFailure(Prop.ForAll(Cases, input =>
    {
        (float[] weights, int columns, double amount, SliceDimension dimension) = input;
        bool[] mask = StructuredPruning.Select(weights, columns, amount, order, dimension, new ComputeThreads(1));
        int slices = dimension == SliceDimension.Rows ? weights.Length / columns : columns;
        int[] expected =
        [
            .. Enumerable.Range(0, slices).OrderBy(slice => Norm(Slice(weights, columns, slice, dimension), order)).ThenBy(slice => slice)
                .Take((int)Math.Round(amount * slices, MidpointRounding.ToEven)),
        ];
        for (int i = 0; i < mask.Length; i++)
            Assert.Equal(expected.Contains(dimension == SliceDimension.Rows ? i / columns : i % columns), mask[i]);
        Assert.Equal(mask, StructuredPruning.Select(weights, columns, amount, order, dimension, new ComputeThreads(2)));
    }));

    [Fact]
    public void By_lot_the_exact_number_of_whole_slices_goes_and_the_seed_decides_which() => Check.QuickThrowOnFailure(Prop.ForAll(Cases, input =>
    {
        (float[] weights, int columns, double amount, SliceDimension dimension) = input;
        bool[] mask = StructuredPruning.SelectRandom(weights.Length, columns, amount, seed: 3, dimension);
        int slices = dimension == SliceDimension.Rows ? weights.Length / columns : columns;
        Assert.Equal((long)Math.Round(amount * slices, MidpointRounding.ToEven) * (weights.Length / slices), PruningMask.Count(mask));
        Assert.All(Enumerable.Range(0, slices), slice => Assert.Single(Slice(mask, columns, slice, dimension).Distinct()));
        Assert.Equal(mask, StructuredPruning.SelectRandom(weights.Length, columns, amount, seed: 3, dimension));
    }));

    [Fact]
    public void Another_seed_draws_other_slices() => Assert.NotEqual(
        StructuredPruning.SelectRandom(640, 10, 0.5, seed: 1, SliceDimension.Rows), StructuredPruning.SelectRandom(640, 10, 0.5, seed: 2, SliceDimension.Rows));

    private static T[] Slice<T>(T[] values, int columns, int slice, SliceDimension dimension) =>
        [.. values.Where((_, i) => (dimension == SliceDimension.Rows ? i / columns : i % columns) == slice)];

    // Eighths and their squares add exactly, in any order.
    private static double Norm(float[] slice, double order) =>
        double.IsPositiveInfinity(order) ? slice.Max(Math.Abs) : slice.Sum(value => order == 1 ? Math.Abs((double)value) : (double)value * value);
}
