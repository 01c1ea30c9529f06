using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Pruning;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Pruning;

public sealed class ParallelSelectionTests
{
    // Lengths below a vector and beyond one piece; scores with many ties, of all magnitudes, zero and infinity among them.
    private static readonly Gen<(double[] Scores, int Count, int Threads)> Inputs =
        from length in Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(65_500, 200_000))
        from distinct in Gen.Elements(1, 3, 1000, int.MaxValue)
        from spread in Gen.Elements(0, 4, 1000)
        from seed in Gen.Choose(0, int.MaxValue)
        from share in Gen.Choose(0, 1000)
        from threads in Gen.Choose(1, 4)
        select (Scores(length, distinct, spread, seed), (int)((long)length * share / 1000), threads);

    [Fact]
    public void The_smallest_scores_are_marked_and_ties_fall_in_index_order() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(
        Inputs.ToArbitrary(), input =>
        {
            (double[] scores, int count, int threads) = input;
            bool[] expected = new bool[scores.Length], mask = new bool[scores.Length];
            foreach (int index in Enumerable.Range(0, scores.Length).OrderBy(index => scores[index]).ThenBy(index => index).Take(count))
                expected[index] = true;
            Array.Fill(mask, true);
            ParallelSelection.MarkSmallest(scores, count, mask, new ComputeThreads(threads));
            Assert.True(expected.AsSpan().SequenceEqual(mask));
        }));

    private static double[] Scores(int length, int distinct, int spread, int seed)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable.Range(0, length).Select(_ => random.Next(50) switch
            {
                0 => 0,
                1 => spread == 1000 ? double.PositiveInfinity : 0,
                _ => Math.ScaleB(random.Next(distinct) / (double)distinct, random.Next(-spread, spread + 1)),
            }),
        ];
    }
}
