using System.Runtime.Intrinsics.X86;
using Gate.Numerics.LinearAlgebra.Int8;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.LinearAlgebra;

/// <summary>Products of 8-bit integers are exact in every form, and a token's result depends on nothing but the token.</summary>
public sealed class Int8ProductTests
{
    [Fact]
    public void The_product_is_what_the_formula_says_for_random_shapes()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            int tokens = random.Next(1, 11), rows = random.Next(1, 50), columns = random.Next(1, 140);
            int groupSize = random.Next(2) == 0 ? columns : 4 * random.Next(1, 20);
            (Int8Matrix matrix, sbyte[] codes, float[] scales) = Random(random, rows, columns, groupSize);
            using (matrix)
            {
                float[] x = Values(random, tokens * columns), bias = Values(random, rows), y = new float[tokens * (rows + 3)];
                Int8Product.Multiply(x, tokens, matrix, bias, y, rows + 3, 2, new ComputeThreads(1 + random.Next(2)));
                for (int token = 0; token < tokens; token++)
                {
                    float[] expected = Expected(x.AsSpan(token * columns, columns), codes, scales, bias, rows, columns, groupSize);
                    Assert.Equal(expected, y.AsSpan((token * (rows + 3)) + 2, rows).ToArray());
                }
            }
        }
    }

    [Fact]
    public unsafe void Every_form_of_the_kernel_gives_the_same_integers_at_the_ends_of_the_range()
    {
        Random random = new(1);
        for (int quads = 0; quads < 40; quads++)
        {
            byte[] u = new byte[Math.Max(1, quads * 16)];
            sbyte[] w = new sbyte[Math.Max(1, quads * 64)];
            for (int i = 0; i < u.Length; i++)
                u[i] = random.Next(3) switch { 0 => 255, 1 => 0, _ => (byte)random.Next(256) };
            for (int i = 0; i < w.Length; i++)
                w[i] = random.Next(3) switch { 0 => sbyte.MinValue, 1 => sbyte.MaxValue, _ => (sbyte)random.Next(-128, 128) };
            int[] scalar = new int[64], other = new int[64];
            fixed (byte* us = u)
            fixed (sbyte* ws = w)
            fixed (int* expected = scalar, actual = other)
            {
                Int8Kernels.SumScalar(us, ws, quads, expected);
                if (AvxVnni.IsSupported)
                {
                    Int8Kernels.SumVnni(us, ws, quads, actual);
                    Assert.Equal(scalar, other);
                }

                if (Avx2.IsSupported)
                {
                    Array.Clear(other);
                    Int8Kernels.SumAvx2(us, ws, quads, actual);
                    Assert.Equal(scalar, other);
                }
            }
        }
    }

    [Fact]
    public void A_token_has_the_same_bits_alone_and_in_any_batch_on_any_number_of_threads()
    {
        Random random = new(7);
        (Int8Matrix matrix, _, _) = Random(random, 300, 260, 260);
        using (matrix)
        {
            float[] x = Values(random, 600 * 260), all = new float[600 * 300], one = new float[300], twice = new float[600 * 300];
            Int8Product.Multiply(x, 600, matrix, [], all, 300, 0, new ComputeThreads(2));
            Int8Product.Multiply(x, 600, matrix, [], twice, 300, 0, new ComputeThreads(1));
            Assert.Equal(all, twice);
            foreach (int token in new[] { 0, 3, 255, 257, 599 })
            {
                Int8Product.Multiply(x.AsSpan(token * 260, 260), 1, matrix, [], one, 300, 0, new ComputeThreads(1));
                Assert.Equal(one, all.AsSpan(token * 300, 300).ToArray());
            }
        }
    }

    [Fact]
    public void Zeros_give_zeros_and_a_value_that_is_no_number_stays_none()
    {
        using Int8Matrix matrix = new(1, 8, 8);
        matrix.SetRow(0, [1, 2, 3, 4, 5, 6, 7, 8], [0.5f]);
        float[] y = new float[1];
        Int8Product.Multiply(new float[8], 1, matrix, [], y, 1, 0, new ComputeThreads(1));
        Assert.Equal(0, y[0]);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            Int8Product.Multiply([1, 1, 1, bad, 1, 1, 1, 1], 1, matrix, [], y, 1, 0, new ComputeThreads(1));
            Assert.False(float.IsFinite(y[0]));
        }
    }

    private static float[] Expected(ReadOnlySpan<float> x, sbyte[] codes, float[] scales, float[] bias, int rows, int columns, int groupSize)
    {
        float largest = 0;
        foreach (float value in x)
            largest = Math.Max(largest, Math.Abs(value));
        float scale = largest == 0 ? 1 : largest / 127;
        int groups = (columns + groupSize - 1) / groupSize;
        float[] y = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            float result = 0;
            for (int group = 0; group < groups; group++)
            {
                int sum = 0;
                for (int column = group * groupSize; column < Math.Min((group + 1) * groupSize, columns); column++)
                    sum += (int)MathF.Round(x[column] / scale) * codes[(row * columns) + column];
                result += sum * scales[(row * groups) + group];
            }

            y[row] = (result * scale) + bias[row];
        }

        return y;
    }

    private static (Int8Matrix Matrix, sbyte[] Codes, float[] Scales) Random(Random random, int rows, int columns, int groupSize)
    {
        int groups = (columns + groupSize - 1) / groupSize;
        sbyte[] codes = new sbyte[rows * columns];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (sbyte)random.Next(-128, 128);
        float[] scales = Values(random, rows * groups);
        Int8Matrix matrix = new(rows, columns, groupSize);
        for (int row = 0; row < rows; row++)
            matrix.SetRow(row, codes.AsSpan(row * columns, columns), scales.AsSpan(row * groups, groups));
        return (matrix, codes, scales);
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 3)];
}
