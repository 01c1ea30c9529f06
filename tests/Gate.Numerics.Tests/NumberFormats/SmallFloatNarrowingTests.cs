using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.Tests.NumberFormats;

public sealed class SmallFloatNarrowingTests
{
    [Fact]
    public void Every_e4m3_value_comes_back_and_half_way_goes_to_the_even_mantissa()
    {
        for (int bits = 0; bits < 0x7F; bits++)
        {
            float value = Float8Conversion.WidenE4M3((byte)bits);
            Assert.Equal(bits, Float8Conversion.NarrowE4M3(value));
            Assert.Equal(bits | 0x80, Float8Conversion.NarrowE4M3(-value));
            if (bits == 0x7E)
                continue;
            float next = Float8Conversion.WidenE4M3((byte)(bits + 1)), middle = (value + next) / 2;
            Assert.Equal(bits + (bits & 1), Float8Conversion.NarrowE4M3(middle));
            Assert.Equal(bits, Float8Conversion.NarrowE4M3(MathF.BitDecrement(middle)));
            Assert.Equal(bits + 1, Float8Conversion.NarrowE4M3(MathF.BitIncrement(middle)));
        }
    }

    [Fact]
    public void E4m3_saturates_and_keeps_nan()
    {
        Assert.Equal(0x7E, Float8Conversion.NarrowE4M3(1e9f));
        Assert.Equal(0xFE, Float8Conversion.NarrowE4M3(float.NegativeInfinity));
        Assert.True(float.IsNaN(Float8Conversion.WidenE4M3(Float8Conversion.NarrowE4M3(float.NaN))));
    }

    [Fact]
    public void Every_e2m1_value_comes_back_and_half_way_goes_to_the_even_mantissa()
    {
        float[] values = [0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f];
        for (int bits = 0; bits < values.Length; bits++)
        {
            Assert.Equal(values[bits], Float4Conversion.WidenE2M1((byte)bits));
            Assert.Equal(bits, Float4Conversion.NarrowE2M1(values[bits]));
            Assert.Equal(bits | 8, Float4Conversion.NarrowE2M1(-values[bits]));
            if (bits == 7)
                continue;
            float middle = (values[bits] + values[bits + 1]) / 2;
            Assert.Equal(bits + (bits & 1), Float4Conversion.NarrowE2M1(middle));
            Assert.Equal(bits, Float4Conversion.NarrowE2M1(MathF.BitDecrement(middle)));
            Assert.Equal(bits + 1, Float4Conversion.NarrowE2M1(MathF.BitIncrement(middle)));
        }

        Assert.Equal(7, Float4Conversion.NarrowE2M1(100));
    }
}
