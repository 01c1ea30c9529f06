using System.Runtime.Intrinsics;
using Gate.Numerics.Activations;
using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Tests.ElementaryFunctions;

public sealed class ElementaryFunctionTests
{
    private delegate void Bulk(ReadOnlySpan<float> source, Span<float> destination);

    public static TheoryData<string> Functions => ["exp", "tanh", "erf", "silu", "gelu", "gelu-tanh", "quick-gelu", "relu"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Sixteen_lanes_and_one_number_have_the_same_bits(string name)
    {
        (Bulk bulk, Func<float, float> single) = Find(name);
        var arguments = new List<float>(Numbers.Special);
        foreach (float value in Numbers.Uniform(20000, 3))
            arguments.AddRange([value, value * 5, value * 110, value * 1e-20f, value * 1e30f]);
        float[] source = [.. arguments];
        float[] found = new float[source.Length];
        bulk(source, found);
        Numbers.AssertSameBits([.. source.Select(single)], found, name);
        for (int length = 0; length < 50; length++)
        {
            float[] part = new float[length];
            bulk(source.AsSpan(3, length), part);
            Numbers.AssertSameBits([.. source.Skip(3).Take(length).Select(single)], part, $"{name}, length {length}");
        }
    }

    [Fact]
    public void The_exponential_is_within_one_unit_and_a_half_everywhere()
    {
        double worst = 0;
        for (double x = -104.5; x < 89.5; x += 0.00037)
            worst = Math.Max(worst, Numbers.Ulps(Exponential.Evaluate((float)x), Math.Exp((float)x)));
        Assert.True(worst < 1.5, $"{worst} units");
    }

    [Fact]
    public void The_hyperbolic_tangent_is_within_two_units_and_odd()
    {
        double worst = 0;
        for (double x = 1e-6; x < 12; x += 0.00013)
        {
            float value = HyperbolicTangent.Evaluate((float)x);
            worst = Math.Max(worst, Numbers.Ulps(value, Math.Tanh((float)x)));
            Assert.Equal(-value, HyperbolicTangent.Evaluate(-(float)x));
        }

        Assert.True(worst < 2.5, $"{worst} units");
    }

    [Fact]
    public void The_error_function_is_within_two_units_and_odd()
    {
        double worst = 0;
        for (double x = 1e-6; x < 5; x += 0.001)
        {
            float value = ErrorFunction.Evaluate((float)x);
            worst = Math.Max(worst, Numbers.Ulps(value, SeriesErf((float)x)));
            Assert.Equal(-value, ErrorFunction.Evaluate(-(float)x));
        }

        Assert.True(worst < 2.5, $"{worst} units");
        Assert.Equal(0.8427007929497149, ErrorFunction.Evaluate(1f), 1e-7);
    }

    [Fact]
    public void The_ends_of_the_range_are_exact()
    {
        Assert.Equal(1f, Exponential.Evaluate(0f));
        Assert.Equal(0f, Exponential.Evaluate(float.NegativeInfinity));
        Assert.Equal(float.PositiveInfinity, Exponential.Evaluate(float.PositiveInfinity));
        Assert.Equal(float.PositiveInfinity, Exponential.Evaluate(88.7229f));
        Assert.True(float.IsFinite(Exponential.Evaluate(88.7228f)));
        Assert.Equal(float.Epsilon, Exponential.Evaluate(-103.5f));
        Assert.Equal(1f, HyperbolicTangent.Evaluate(float.PositiveInfinity));
        Assert.Equal(-1f, ErrorFunction.Evaluate(float.NegativeInfinity));
        Assert.True(float.IsNegative(HyperbolicTangent.Evaluate(-0f)));
        Assert.True(float.IsNegative(ErrorFunction.Evaluate(-0f)));
    }

    [Fact]
    public void The_exponential_never_falls_when_its_argument_rises()
    {
        float last = 0;
        for (float x = -105f; x < 90f; x = Math.Min(x + 0.003f, MathF.BitIncrement(x) + 0.003f))
        {
            float value = Exponential.Evaluate(x);
            Assert.True(value >= last, $"at {x}");
            last = value;
        }
    }

    [Fact]
    public void The_double_exponential_and_logarithm_are_near_the_systems_own()
    {
        for (double x = -708; x <= 0; x += 0.0137)
        {
            double expected = Math.Exp(x), found = ExponentialDouble.Evaluate(x);
            Assert.True(Math.Abs(found - expected) <= 4e-16 * expected, $"exp {x}");
            Assert.Equal(found, ExponentialDouble.Evaluate(Vector512.Create(x))[3]);
        }

        for (double x = 1e-5; x < 1e6; x *= 1.0007)
            Assert.Equal(Math.Log(x), LogarithmDouble.Evaluate(x), Math.Max(1e-16, 5e-16 * Math.Abs(Math.Log(x))));
        Assert.Equal(double.NegativeInfinity, LogarithmDouble.Evaluate(0));
        Assert.True(double.IsNaN(LogarithmDouble.Evaluate(-1)));
        Assert.Equal(0.0, ExponentialDouble.Evaluate(double.NegativeInfinity));
        Assert.True(double.IsNaN(ExponentialDouble.Evaluate(Vector512.Create(double.NaN))[0]));
    }

    [Fact]
    public void Activations_are_near_their_formulas_in_double()
    {
        foreach (float x in Numbers.Uniform(5000, 8).Select(value => value * 12))
        {
            Assert.Equal(x / (1 + Math.Exp(-x)), Silu.Evaluate(x), 2e-6);
            Assert.Equal(x / (1 + Math.Exp(-1.702 * x)), QuickGelu.Evaluate(x), 4e-6);
            Assert.Equal(0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))), GeluTanh.Evaluate(x), 2e-6);
            Assert.Equal(0.5 * x * (1 + SeriesErf(x / Math.Sqrt(2))), Gelu.Evaluate(x), 2e-6);
            Assert.Equal(Math.Max(x, 0f), Relu.Evaluate(x));
        }
    }

    [Fact]
    public void A_gate_multiplies_the_activation_and_may_write_in_place()
    {
        float[] gate = Numbers.Uniform(77, 1), up = Numbers.Uniform(77, 2), stacked = [.. gate, .. up];
        float[] expected = [.. gate.Zip(up, (g, u) => Silu.Evaluate(g) * u)];
        float[] fromStacked = new float[77];
        GatedSilu.ApplyStacked(stacked, 1, 77, fromStacked);
        GatedSilu.Apply(gate, up, up);
        Numbers.AssertSameBits(expected, up);
        Numbers.AssertSameBits(expected, fromStacked);
        Assert.Throws<ArgumentException>(() => GatedGeluTanh.Apply(new float[3], new float[4], new float[4]));
    }

    /// <summary>erf by its series, and by a continued fraction where the series cancels.</summary>
    private static double SeriesErf(double x)
    {
        if (x < 0)
            return -SeriesErf(-x);
        if (x < 3)
        {
            double term = x, sum = x;
            for (int n = 1; n < 120; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        double fraction = 0;
        for (int n = 60; n >= 1; n--)
            fraction = n / 2.0 / (x + fraction);
        return 1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction));
    }

    private static (Bulk Bulk, Func<float, float> Single) Find(string name) => name switch
    {
        "exp" => (Exponential.Apply, Exponential.Evaluate),
        "tanh" => (HyperbolicTangent.Apply, HyperbolicTangent.Evaluate),
        "erf" => (ErrorFunction.Apply, ErrorFunction.Evaluate),
        "silu" => (Silu.Apply, Silu.Evaluate),
        "gelu" => (Gelu.Apply, Gelu.Evaluate),
        "gelu-tanh" => (GeluTanh.Apply, GeluTanh.Evaluate),
        "quick-gelu" => (QuickGelu.Apply, QuickGelu.Evaluate),
        "relu" => (Relu.Apply, Relu.Evaluate),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
