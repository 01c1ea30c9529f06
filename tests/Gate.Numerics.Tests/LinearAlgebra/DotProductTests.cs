using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class DotProductTests
{
    [Fact]
    public void The_vector_form_has_the_bits_of_the_scalar_twin_at_every_length_and_offset()
    {
        float[] x = Numbers.Uniform(400, 1), y = Numbers.Uniform(400, 2);
        for (int length = 0; length < 300; length++)
        {
            int offset = length % 5;
            ReadOnlySpan<float> left = x.AsSpan(offset, length), right = y.AsSpan(2 * offset, length);
            Assert.True(Numbers.SameBits(DotProduct.DotScalar(left, right), DotProduct.Dot(left, right)), $"length {length}");
            Assert.True(Numbers.SameBits(SpanSum.SumScalar(left), SpanSum.Sum(left)), $"sum of {length}");
        }
    }

    [Fact]
    public void Special_values_have_the_bits_of_the_scalar_twin()
    {
        float[] x = Numbers.WithSpecials(200, 1), y = Numbers.WithSpecials(200, 2);
        for (int start = 0; start < 190; start++)
        {
            ReadOnlySpan<float> left = x.AsSpan(start), right = y.AsSpan(0, left.Length);
            Assert.True(Numbers.SameBits(DotProduct.DotScalar(left, right), DotProduct.Dot(left, right)), $"from {start}");
        }
    }

    [Fact]
    public void The_sum_is_near_the_exact_one()
    {
        float[] x = Numbers.Uniform(4096, 1), y = Numbers.Uniform(4096, 2);
        double exact = x.Zip(y, (a, b) => (double)a * b).Sum();
        Assert.Equal(exact, DotProduct.Dot(x, y), 4e-5);
    }

    [Fact]
    public void Different_lengths_are_refused() => Assert.Throws<ArgumentException>(() => DotProduct.Dot(new float[3], new float[4]));
}
