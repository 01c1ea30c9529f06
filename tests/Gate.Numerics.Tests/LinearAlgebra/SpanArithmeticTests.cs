using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class SpanArithmeticTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(100)]
    public void Every_element_has_the_bits_of_the_plain_operation(int length)
    {
        float[] x = Numbers.Uniform(length, 1), y = Numbers.Uniform(length, 2), result = new float[length];
        SpanArithmetic.Subtract(x, y, result);
        Assert.Equal(x.Zip(y, (a, b) => a - b), result);
        SpanArithmetic.Cut(x, 0.25f, result);
        Assert.Equal(x.Select(a => Math.Clamp(a, -0.25f, 0.25f)), result);
        SpanArithmetic.Magnitudes(x, result);
        Assert.Equal(x.Select(MathF.Abs), result);
        SpanArithmetic.MultiplyMagnitudes(x, y, result);
        Assert.Equal(x.Zip(y, (a, b) => MathF.Abs(a) * b), result);
        SpanArithmetic.Multiply(x, y, result);
        Assert.Equal(x.Zip(y, (a, b) => a * b), result);
        SpanArithmetic.Multiply(x, 1.7f, result);
        Assert.Equal(x.Select(a => a * 1.7f), result);
        SpanArithmetic.Divide(x, y, result);
        Assert.Equal(x.Zip(y, (a, b) => a / b), result);
        SpanArithmetic.Divide(x, 1.7f, result);
        Assert.Equal(x.Select(a => a / 1.7f), result);
        double[] wide = new double[length];
        SpanArithmetic.Widen(x, wide);
        Assert.Equal(x.Select(a => (double)a), wide);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_refused() =>
        Assert.Throws<ArgumentException>(() => SpanArithmetic.Subtract(new float[20], new float[20], new float[19]));
}
