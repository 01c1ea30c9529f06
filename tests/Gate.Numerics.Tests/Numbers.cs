namespace Gate.Numerics.Tests;

/// <summary>Seeded inputs and bit-exact comparison for the tests.</summary>
internal static class Numbers
{
    public static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f,
        float.MaxValue, float.MinValue, 1.17549435e-38f, -1.17549435e-38f, 65504f, 65520f, 5.9604645e-8f, 2.9802322e-8f,
    ];

    /// <summary>Values in −1 … 1 from a fixed recurrence: the same on every platform and runtime.</summary>
    public static float[] Uniform(int count, int seed)
    {
        uint state = ((uint)seed * 2654435761u) + 12345u;
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            values[i] = ((state >> 8) * (1f / (1 << 23))) - 1f;
        }

        return values;
    }

    /// <summary>Uniform values with every special value sprinkled in.</summary>
    public static float[] WithSpecials(int count, int seed)
    {
        float[] values = Uniform(count, seed);
        for (int i = 0; i < count; i += 7)
            values[i] = Special[(i / 7) % Special.Length];
        return values;
    }

    /// <summary>Equal bits; a NaN equals any NaN.</summary>
    public static bool SameBits(float left, float right) =>
        (float.IsNaN(left) && float.IsNaN(right)) || BitConverter.SingleToInt32Bits(left) == BitConverter.SingleToInt32Bits(right);

    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!SameBits(expected[i], actual[i]))
                Assert.Fail($"{context}[{i}]: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }

    /// <summary>Distance in units in the last place of binary32 at the size of the exact value.</summary>
    public static double Ulps(float actual, double exact)
    {
        if (float.IsInfinity(actual) && Math.Abs(exact) >= 3.4028235677973366e38)
            return 0;
        int exponent = exact == 0 ? -126 : Math.Max(Math.ILogB(exact), -126);
        return Math.Abs(actual - exact) / Math.ScaleB(1, exponent - 23);
    }
}
