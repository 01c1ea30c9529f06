using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Pruning;

namespace Gate.Compression.Tests.Pruning;

public sealed class OutlierSparsityTests
{
    private static readonly Gen<(double[] Percents, long[] Sizes, double Sparsity, double Spread)> Cases =
        from blocks in Gen.Choose(1, 12)
        from percents in Gen.Choose(0, 100).Select(value => value / 10.0).ArrayOf(blocks)
        from sizes in Gen.Choose(1, 50).Select(value => value * 1000L).ArrayOf(blocks)
        from sparsity in Gen.Choose(0, 90).Select(value => value / 100.0)
        from spread in Gen.Choose(0, 9).Select(value => value / 100.0)
        select (percents, sizes, sparsity, spread);

    [Fact]
    public void The_weighted_mean_is_the_sparsity_and_no_block_is_further_from_it_than_the_spread() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), input =>
        {
            (double[] percents, long[] sizes, double sparsity, double spread) = input;
            double[] sparsities = OutlierSparsity.Allocate(percents, sizes, sparsity, spread);
            Assert.Equal(sparsity, sparsities.Zip(sizes, (share, size) => share * size).Sum() / sizes.Sum(), 1e-9);
            foreach (double share in sparsities)
                Assert.InRange(share, Math.Max(0, sparsity - spread) - 1e-9, sparsity + spread + 1e-9);
            for (int i = 0; i < percents.Length; i++)
            {
                for (int j = 0; j < percents.Length; j++)
                    Assert.True(percents[i] < percents[j] || sparsities[i] <= sparsities[j] + 1e-12, "more outliers, more zeros");
            }
        }));

    [Fact]
    public void Blocks_of_one_size_get_what_the_published_formula_gives()
    {
        // r = 2λ(D − min)/(max − min) = 0, 0.08, 0.16; minus its mean 0.08, plus 1 − S = 0.3.
        double[] sparsities = OutlierSparsity.Allocate([1, 2, 3], [10, 10, 10], 0.7, 0.08);
        Assert.Equal([0.78, 0.7, 0.62], sparsities.Select(share => Math.Round(share, 9)));
        Assert.Equal([0.7, 0.7], OutlierSparsity.Allocate([4, 4], [10, 30], 0.7, 0.08).Select(share => Math.Round(share, 9)));
    }

    [Fact]
    public void Outliers_are_counted_over_all_layers_of_a_block_against_one_mean()
    {
        // |W|·√a: 2, 2, 2, 40 and 1, 1: mean 8, five times the mean is 40, which is not above itself; four times is 32.
        (float[], double[])[] layers = [([1f, -1f, 1f, 20f], [4.0, 4.0]), ([-1f, 1f], [1.0])];
        Assert.Equal(0, OutlierSparsity.OutlierPercent(layers, 5));
        Assert.Equal(100.0 / 6, OutlierSparsity.OutlierPercent(layers, 4), 9);
    }
}
