using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Pruning;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Pruning;

/// <summary>Thresholds and masks found by several threads and vectors are those of sorting one weight after the other.</summary>
public sealed class MagnitudeVectorTests
{
    // Runs below a vector and beyond what one thread takes; weights of bfloat16 and of binary32, with few values and many, zeros of both signs and subnormal numbers.
    private static readonly Gen<(float[][] Runs, long Count, int Threads)> Inputs =
        from lengths in Gen.OneOf(Gen.Choose(1, 80), Gen.Choose(32_000, 140_000)).ArrayOf(3)
        from distinct in Gen.Elements(1, 5, 200, 1 << 22)
        from exponent in Gen.Elements(-149, -10, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        from share in Gen.Choose(0, 1000)
        from threads in Gen.Choose(1, 3)
        select (Runs(lengths, distinct, exponent, seed), lengths.Sum(length => (long)length) * share / 1000, threads);

    [Fact]
    public void The_smallest_magnitudes_of_several_runs_are_marked_and_ties_fall_in_order() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(
        Inputs.ToArbitrary(), input =>
        {
            (float[][] runs, long count, int threadCount) = input;
            ComputeThreads threads = new(threadCount);
            float[] all = [.. runs.SelectMany(run => run)];
            bool[] expected = new bool[all.Length];
            int[] sorted = [.. Enumerable.Range(0, all.Length).OrderBy(index => MathF.Abs(all[index])).ThenBy(index => index)];
            foreach (int index in sorted.AsSpan(0, (int)count))
                expected[index] = true;

            MagnitudeThreshold threshold = MagnitudeThreshold.Find(count, visitor => Array.ForEach(runs, run => visitor(run)), threads);
            if (count > 0)
                Assert.Equal(MathF.Abs(all[sorted[count - 1]]), BitConverter.UInt32BitsToSingle(threshold.Pattern));
            long ties = threshold.Ties;
            List<bool> marked = [];
            foreach (float[] run in runs)
            {
                bool[] mask = new bool[run.Length];
                Array.Fill(mask, true);
                threshold.Mark(run, ref ties, mask, threads);
                marked.AddRange(mask);
            }

            Assert.True(expected.AsSpan().SequenceEqual(marked.ToArray()));
            Assert.Equal(0, ties);
            Assert.Equal(all.LongCount(weight => (BitConverter.SingleToUInt32Bits(weight) & int.MaxValue) == threshold.Pattern), runs.Sum(run => threshold.CountTies(run)));
        }));

    [Fact]
    public void A_mask_sets_to_zero_what_it_marks_and_leaves_every_other_bit() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from length in Gen.Choose(0, 100)
         from bits in Gen.Choose(int.MinValue, int.MaxValue).ArrayOf(length)
         from mask in Gen.Elements(true, false).ArrayOf(length)
         select (bits, mask)).ToArbitrary(), input =>
        {
            (int[] bits, bool[] mask) = input;
            float[] weights = [.. bits.Select(BitConverter.Int32BitsToSingle)];
            PruningMask.Apply(mask, weights);
            Assert.Equal(bits.Zip(mask, (pattern, pruned) => pruned ? 0 : pattern), weights.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(mask.LongCount(pruned => pruned), PruningMask.Count(mask));
        }));

    [Fact]
    public void Marked_zeros_of_either_sign_are_counted_and_nothing_else() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from length in Gen.Choose(0, 100)
         from weights in Gen.Elements(0f, -0f, 1f, float.Epsilon, -2f).ArrayOf(length)
         from mask in Gen.Elements(true, false).ArrayOf(length)
         select (weights, mask)).ToArbitrary(), input =>
            Assert.Equal(input.weights.Zip(input.mask).LongCount(pair => pair.Second && pair.First == 0), PruningMask.CountZeros(input.mask, input.weights))));

    private static float[][] Runs(int[] lengths, int distinct, int exponent, int seed)
    {
        Random random = new(seed);
        return [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => MathF.ScaleB(random.Next(-distinct, distinct + 1), exponent)).ToArray())];
    }
}
