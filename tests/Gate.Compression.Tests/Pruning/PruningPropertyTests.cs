using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Pruning;
using Gate.Compression.Recipes;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Pruning;

public sealed class PruningPropertyTests
{
    // Few distinct values, so that ties are the rule; shapes down to a single weight and up to several vectors.
    private static readonly Gen<(float[] Weights, int Columns)> Matrices =
        from rows in Gen.Choose(1, 12)
        from columns in Gen.Choose(1, 90)
        from weights in Gen.Choose(-9, 9).Select(value => value / 8f).ArrayOf(rows * columns)
        select (weights, columns);

    private static readonly Gen<double> Shares = Gen.Choose(0, 100).Select(percent => percent / 100.0);

    [Fact]
    public void Layer_wise_pruning_removes_the_exact_number_and_nothing_larger_than_what_it_keeps() => Check.QuickThrowOnFailure(Prop.ForAll(
        Matrices.Zip(Shares).ToArbitrary(), input =>
        {
            ((float[] weights, _), double sparsity) = input;
            bool[] mask = MagnitudePruning.SelectLayer(weights, sparsity, ComputeThreads.All);
            AssertSmallest(weights, mask, (int)Math.Round(sparsity * weights.Length, MidpointRounding.ToEven));
        }));

    [Fact]
    public void Row_wise_pruning_removes_the_exact_number_in_every_row() => Check.QuickThrowOnFailure(Prop.ForAll(
        Matrices.Zip(Shares).ToArbitrary(), input =>
        {
            ((float[] weights, int columns), double sparsity) = input;
            bool[] mask = MagnitudePruning.SelectRows(weights, columns, sparsity, ComputeThreads.All);
            for (int start = 0; start < weights.Length; start += columns)
            {
                AssertSmallest(
                    weights.AsSpan(start, columns), mask.AsSpan(start, columns), (int)Math.Round(sparsity * columns, MidpointRounding.ToEven));
            }
        }));

    [Fact]
    public void Random_pruning_removes_the_exact_number_and_repeats_itself() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 400).Zip(Shares).ToArbitrary(), input =>
        {
            bool[] mask = RandomPruning.Select(input.Item1, input.Item2, seed: 7);
            Assert.Equal((long)Math.Round(input.Item2 * input.Item1, MidpointRounding.ToEven), PruningMask.Count(mask));
            Assert.Equal(mask, RandomPruning.Select(input.Item1, input.Item2, seed: 7));
        }));

    [Fact]
    public void N_of_m_pruning_removes_n_in_every_group() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from rows in Gen.Choose(1, 6)
         from groups in Gen.Choose(1, 40)
         from size in Gen.Elements(2, 3, 4, 7, 8, 16, 35)
         from zeros in Gen.Choose(1, size - 1)
         from weights in Gen.Choose(-4, 4).Select(value => value / 8f).ArrayOf(rows * groups * size)
         select (weights, groups * size, new NmPattern(zeros, size))).ToArbitrary(), input =>
        {
            (float[] weights, int columns, NmPattern pattern) = input;
            bool[] mask = MagnitudePruning.SelectNm(weights, columns, pattern, ComputeThreads.All);
            for (int start = 0; start < weights.Length; start += pattern.Group)
                AssertSmallest(weights.AsSpan(start, pattern.Group), mask.AsSpan(start, pattern.Group), pattern.Zeros);
        }));

    [Fact]
    public void Magnitudes_that_differ_in_the_last_bit_are_told_apart()
    {
        float[] weights = [MathF.BitIncrement(1f), -1f, 1f, MathF.BitDecrement(1f), 0f, -0f];
        Assert.Equal([false, true, false, true, true, true], MagnitudePruning.SelectLayer(weights, 4.0 / 6, ComputeThreads.All));
    }

    [Fact]
    public void A_seed_changes_the_draw() => Assert.NotEqual(RandomPruning.Select(1000, 0.5, 1), RandomPruning.Select(1000, 0.5, 2));

    [Fact]
    public void A_pattern_that_does_not_divide_the_row_is_refused() =>
        Assert.Throws<ArgumentException>(() => MagnitudePruning.SelectNm(new float[12], 6, new NmPattern(2, 4), ComputeThreads.All));

    private static void AssertSmallest(ReadOnlySpan<float> weights, ReadOnlySpan<bool> mask, int count)
    {
        Assert.Equal(count, PruningMask.Count(mask));
        float largestPruned = 0, smallestKept = float.PositiveInfinity;
        int lastTie = -1, firstKeptTie = int.MaxValue;
        for (int i = 0; i < weights.Length; i++)
        {
            if (mask[i])
                largestPruned = MathF.Max(largestPruned, MathF.Abs(weights[i]));
            else
                smallestKept = MathF.Min(smallestKept, MathF.Abs(weights[i]));
        }

        Assert.True(largestPruned <= smallestKept);
        for (int i = 0; i < weights.Length; i++)
        {
            if (MathF.Abs(weights[i]) != largestPruned || largestPruned != smallestKept)
                continue;
            if (mask[i])
                lastTie = i;
            else
                firstKeptTie = Math.Min(firstKeptTie, i);
        }

        Assert.True(lastTie < firstKeptTie);
    }
}
