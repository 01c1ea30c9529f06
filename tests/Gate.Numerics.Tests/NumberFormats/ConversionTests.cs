using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.Tests.NumberFormats;

public sealed class ConversionTests
{
    private static readonly ushort[] AllPatterns = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];

    [Fact]
    public void Every_bfloat16_pattern_widens_exactly_and_narrows_back()
    {
        float[] widened = new float[AllPatterns.Length];
        BFloat16Conversion.Widen(AllPatterns, widened);
        ushort[] narrowed = new ushort[AllPatterns.Length];
        BFloat16Conversion.Narrow(widened, narrowed);
        for (int i = 0; i < AllPatterns.Length; i++)
        {
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(widened[i]));
            Assert.Equal(BFloat16Conversion.Narrow(widened[i]), narrowed[i]);
            if (float.IsNaN(widened[i]))
                Assert.True(float.IsNaN(BFloat16Conversion.Widen(narrowed[i])) && (narrowed[i] >> 15) == (i >> 15), $"pattern {i:X4}");
            else
                Assert.Equal(i, narrowed[i]);
        }
    }

    [Fact]
    public void Every_binary16_pattern_widens_as_the_platform_does_and_narrows_back()
    {
        float[] widened = new float[AllPatterns.Length];
        Float16Conversion.Widen(AllPatterns, widened);
        ushort[] narrowed = new ushort[AllPatterns.Length];
        Float16Conversion.Narrow(widened, narrowed);
        for (int i = 0; i < AllPatterns.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            Assert.True(Numbers.SameBits(expected, widened[i]), $"pattern {i:X4}: expected {expected:R}, found {widened[i]:R}");
            Assert.True(Numbers.SameBits(widened[i], Float16Conversion.Widen((ushort)i)), $"scalar twin of {i:X4}");
            if (float.IsNaN(widened[i]))
                Assert.True(float.IsNaN(Float16Conversion.Widen(narrowed[i])) && (narrowed[i] >> 15) == (i >> 15), $"pattern {i:X4}");
            else
                Assert.Equal(i, narrowed[i]);
        }
    }

    [Fact]
    public void Narrowing_rounds_to_nearest_even_around_every_binary16_number()
    {
        var values = new List<float>();
        foreach (ushort pattern in AllPatterns)
        {
            float value = Float16Conversion.Widen(pattern);
            float next = Float16Conversion.Widen((ushort)(pattern + 1));
            float middle = (value + next) / 2;
            values.AddRange([middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle), MathF.BitIncrement(value)]);
        }

        values.AddRange(Numbers.WithSpecials(4096, 5).Select(value => value * 70000));
        values.AddRange(Numbers.Special);
        float[] source = [.. values];
        ushort[] narrowed = new ushort[source.Length];
        Float16Conversion.Narrow(source, narrowed);
        for (int i = 0; i < source.Length; i++)
        {
            Assert.Equal(Float16Conversion.Narrow(source[i]), narrowed[i]);
            if (!float.IsNaN(source[i]))
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)source[i]), narrowed[i]);
        }
    }

    [Fact]
    public void Narrowing_to_bfloat16_rounds_ties_to_the_even_neighbour()
    {
        Assert.Equal(0x3F80, BFloat16Conversion.Narrow(BitConverter.UInt32BitsToSingle(0x3F80_8000)));
        Assert.Equal(0x3F82, BFloat16Conversion.Narrow(BitConverter.UInt32BitsToSingle(0x3F81_8000)));
        Assert.Equal(0x3F81, BFloat16Conversion.Narrow(BitConverter.UInt32BitsToSingle(0x3F80_8001)));
        Assert.Equal(0x7F80, BFloat16Conversion.Narrow(float.MaxValue));
        Assert.Equal(0x0000, BFloat16Conversion.Narrow(BitConverter.UInt32BitsToSingle(0x0000_8000)));
        Assert.Equal(0x0001, BFloat16Conversion.Narrow(BitConverter.UInt32BitsToSingle(0x0000_8001)));
    }

    [Fact]
    public void Bulk_forms_agree_with_single_values_at_every_length_and_alignment()
    {
        float[] values = Numbers.WithSpecials(100, 1);
        byte[] stored = new byte[201];
        for (int length = 0; length < 70; length++)
        {
            ReadOnlySpan<float> source = values.AsSpan(length % 7, length);
            ushort[] half = new ushort[length], brain = new ushort[length];
            Float16Conversion.Narrow(source, half);
            BFloat16Conversion.Narrow(source, brain);
            float[] widened = new float[length];
            MemoryMarshal.AsBytes(half.AsSpan()).CopyTo(stored.AsSpan(1));
            Float16Conversion.Widen(stored.AsSpan(1, 2 * length), widened);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(Float16Conversion.Narrow(source[i]), half[i]);
                Assert.Equal(BFloat16Conversion.Narrow(source[i]), brain[i]);
                Assert.True(Numbers.SameBits(Float16Conversion.Widen(half[i]), widened[i]));
            }
        }
    }

    [Fact]
    public void Odd_byte_counts_and_short_destinations_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BFloat16Conversion.Widen(new byte[3], new float[2]));
        Assert.Throws<ArgumentException>(() => Float16Conversion.Widen(new byte[4], new float[1]));
        Assert.Throws<ArgumentException>(() => Float16Conversion.Narrow(new float[2], new ushort[1]));
    }

    [Fact]
    public void Every_format_has_a_size_and_an_undefined_one_is_refused()
    {
        Assert.All(Enum.GetValues<NumberFormat>(), format => Assert.InRange(FormatSize.BytesOf(format), 1, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => FormatSize.BytesOf((NumberFormat)99));
    }
}
