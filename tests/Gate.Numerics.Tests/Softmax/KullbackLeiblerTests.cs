using Gate.Numerics.Softmax;

namespace Gate.Numerics.Tests.Softmax;

public sealed class KullbackLeiblerTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(101)]
    [InlineData(4096)]
    public void It_is_the_sum_over_the_probabilities(int count)
    {
        float[] p = [.. Numbers.Uniform(count, 1).Select(value => 12 * value)], q = [.. Numbers.Uniform(count, 2).Select(value => 12 * value)];
        double logP = Math.Log(p.Sum(x => Math.Exp(x))), logQ = Math.Log(q.Sum(x => Math.Exp(x)));
        double expected = Enumerable.Range(0, count).Sum(i => Math.Exp(p[i] - logP) * (p[i] - logP - (q[i] - logQ)));
        Assert.Equal(expected, KullbackLeibler.Divergence(p, LogSumExp.Compute(p), q, LogSumExp.Compute(q)), 1e-11);
    }

    [Fact]
    public void Equal_distributions_do_not_diverge_whatever_is_added_to_the_logits()
    {
        float[] p = Numbers.Uniform(300, 3), shifted = [.. p.Select(x => x + 4f)];
        Assert.Equal(0, KullbackLeibler.Divergence(p, LogSumExp.Compute(p), p, LogSumExp.Compute(p)), 1e-14);
        Assert.Equal(0, KullbackLeibler.Divergence(p, LogSumExp.Compute(p), shifted, LogSumExp.Compute(shifted)), 1e-6);
    }
}
