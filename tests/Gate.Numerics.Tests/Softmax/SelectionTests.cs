using Gate.Numerics.Softmax;

namespace Gate.Numerics.Tests.Softmax;

public sealed class SelectionTests
{
    [Fact]
    public void The_log_sum_is_near_the_direct_formula_and_has_the_bits_of_its_twin()
    {
        for (int count = 1; count < 200; count += 3)
        {
            float[] logits = [.. Numbers.Uniform(count, count).Select(value => 20 * value)];
            float max = logits.Max();
            Assert.Equal(max + Math.Log(logits.Sum(logit => Math.Exp((double)logit - max))), LogSumExp.Compute(logits), 1e-13);
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(LogSumExp.SumScalar(logits, max)), BitConverter.DoubleToInt64Bits(LogSumExp.SumVector(logits, max)));
        }
    }

    [Fact]
    public void The_log_sum_of_special_values_says_what_they_are()
    {
        Assert.True(double.IsNaN(LogSumExp.Compute([1f, float.NaN, 2f])));
        Assert.True(double.IsNaN(LogSumExp.Compute([float.PositiveInfinity, float.NaN])));
        Assert.Equal(double.PositiveInfinity, LogSumExp.Compute([1f, float.PositiveInfinity]));
        Assert.Equal(double.NegativeInfinity, LogSumExp.Compute([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Equal(double.NegativeInfinity, LogSumExp.Compute([]));
        Assert.Equal(5.0, LogSumExp.Compute([5f, float.NegativeInfinity]));
        Assert.Equal(float.MaxValue, LogSumExp.Compute([float.MaxValue, float.MinValue]));
    }

    [Fact]
    public void The_largest_value_wins_and_ties_go_to_the_lower_index()
    {
        Assert.Equal(new ArgMaxResult(1, false), ArgMax.Find([1f, 3f, 3f, 2f]));
        Assert.Equal(new ArgMaxResult(0, false), ArgMax.Find([-0f, 0f]));
        Assert.Equal(new ArgMaxResult(0, false), ArgMax.Find([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Equal(new ArgMaxResult(2, true), ArgMax.Find([float.NaN, 1f, 2f]));
        Assert.Equal(new ArgMaxResult(-1, true), ArgMax.Find([float.NaN]));
        Assert.Equal(new ArgMaxResult(-1, false), ArgMax.Find([]));
    }

    [Fact]
    public void The_index_is_that_of_a_stable_sort_at_every_length()
    {
        for (int length = 1; length < 200; length++)
        {
            float[] values = [.. Numbers.Uniform(length, length).Select(value => MathF.Round(4 * value))];
            int[] sorted = [.. Enumerable.Range(0, length).OrderByDescending(i => values[i])];
            Assert.Equal(new ArgMaxResult(sorted[0], false), ArgMax.Find(values));
            foreach (int k in (int[])[1, 2, 5, 40, 250])
            {
                int[] indices = new int[k];
                TopKResult result = TopK.Select(values, indices);
                Assert.Equal(new TopKResult(Math.Min(k, length), false), result);
                Assert.Equal(sorted.Take(k), indices.Take(result.Count));
            }
        }
    }

    [Fact]
    public void A_NaN_is_reported_and_never_selected()
    {
        float[] values = Numbers.Uniform(100, 1);
        values[17] = values[90] = float.NaN;
        int[] indices = new int[100];
        TopKResult result = TopK.Select(values, indices);
        Assert.Equal(new TopKResult(98, true), result);
        Assert.DoesNotContain(17, indices.Take(98));
        Assert.True(ArgMax.Find(values).HasNaN);
        Assert.Equal(new TopKResult(0, false), TopK.Select(Numbers.Uniform(9, 1), []));
    }
}
