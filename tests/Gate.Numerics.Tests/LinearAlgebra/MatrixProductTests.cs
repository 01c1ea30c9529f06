using System.Runtime.InteropServices;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.LinearAlgebra;

public sealed class MatrixProductTests
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 5, 3 }, { 16, 16 }, { 17, 31 }, { 47, 64 }, { 48, 512 }, { 49, 513 }, { 64, 511 }, { 95, 1025 }, { 96, 96 },
        { 97, 1537 }, { 200, 700 }, { 272, 130 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_format_token_count_and_thread_count_gives_the_bits_of_the_definition(int rows, int columns)
    {
        foreach (NumberFormat format in (NumberFormat[])[NumberFormat.Float32, NumberFormat.BFloat16, NumberFormat.Float16])
        {
            (byte[] stored, float[] widened) = Store(Numbers.Uniform(rows * columns, rows + columns), format);
            using PackedMatrix packed = PackedMatrix.Pack(stored, format, rows, columns);
            foreach (int tokens in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 33])
            {
                float[] x = Numbers.Uniform(tokens * columns, tokens);
                float[] bias = tokens % 2 == 0 ? Numbers.Uniform(rows, 99) : [];
                float[] expected = ScalarProduct.Multiply(x, tokens, widened, rows, columns, bias);
                foreach (int threads in (int[])[1, 2, 3])
                {
                    float[] y = new float[tokens * rows];
                    MatrixProduct.Multiply(x, tokens, packed, bias, y, new ComputeThreads(threads));
                    Numbers.AssertSameBits(expected, y, $"{format} {tokens}×{rows}×{columns} on {threads} threads");
                }
            }
        }
    }

    [Theory]
    [InlineData(NumberFormat.Float32)]
    [InlineData(NumberFormat.BFloat16)]
    [InlineData(NumberFormat.Float16)]
    public void The_bits_of_a_token_do_not_depend_on_how_many_travel_with_it(NumberFormat format)
    {
        const int rows = 113, columns = 1030, most = 70;
        (byte[] stored, float[] widened) = Store(Numbers.Uniform(rows * columns, 3), format);
        using PackedMatrix packed = PackedMatrix.Pack(stored, format, rows, columns);
        float[] x = Numbers.Uniform(most * columns, 4);
        float[] bias = Numbers.Uniform(rows, 5);
        float[] expected = ScalarProduct.Multiply(x, most, widened, rows, columns, bias);
        for (int tokens = 1; tokens <= most; tokens++)
        {
            foreach (int first in (int[])[0, (most - tokens) / 2, most - tokens])
            {
                float[] y = new float[tokens * rows];
                MatrixProduct.Multiply(x.AsSpan(first * columns), tokens, packed, bias, y, new ComputeThreads(1 + (tokens % 2)));
                Numbers.AssertSameBits(expected.AsSpan(first * rows, tokens * rows), y, $"{tokens} tokens from {first}");
            }
        }
    }

    [Fact]
    public void Special_values_travel_as_in_the_definition()
    {
        const int rows = 70, columns = 530, tokens = 11;
        float[] w = Numbers.WithSpecials(rows * columns, 1);
        float[] x = Numbers.WithSpecials(tokens * columns, 2);
        using PackedMatrix packed = PackedMatrix.Pack(w, rows, columns);
        float[] y = new float[tokens * rows];
        MatrixProduct.Multiply(x, tokens, packed, [], y, ComputeThreads.All);
        Numbers.AssertSameBits(ScalarProduct.Multiply(x, tokens, w, rows, columns, []), y);
        Assert.Contains(y, float.IsNaN);
    }

    [Fact]
    public void A_negative_zero_bias_is_added_like_any_other()
    {
        using PackedMatrix packed = PackedMatrix.Pack([-0f, 1f], 2, 1);
        float[] y = new float[2];
        MatrixProduct.Multiply([0f], 1, packed, [-0f, 2f], y, ComputeThreads.All);
        Numbers.AssertSameBits(ScalarProduct.Multiply([0f], 1, [-0f, 1f], 2, 1, [-0f, 2f]), y);
    }

    [Fact]
    public void Stacked_matrices_give_the_bits_of_the_single_ones()
    {
        const int columns = 300, tokens = 9;
        int[] heights = [50, 1, 97];
        var sources = new List<MatrixSource>();
        var expected = new List<float[]>();
        float[] x = Numbers.Uniform(tokens * columns, 8);
        foreach (int height in heights)
        {
            float[] w = Numbers.Uniform(height * columns, height);
            sources.Add(new MatrixSource(MemoryMarshal.AsBytes(w.AsSpan()).ToArray(), NumberFormat.Float32, height, columns));
            expected.Add(ScalarProduct.Multiply(x, tokens, w, height, columns, []));
        }

        using PackedMatrix packed = PackedMatrix.Pack(sources);
        float[] y = new float[tokens * packed.Rows];
        MatrixProduct.Multiply(x, tokens, packed, [], y, ComputeThreads.All);
        for (int token = 0; token < tokens; token++)
        {
            int start = token * packed.Rows;
            for (int part = 0; part < heights.Length; part++)
            {
                Numbers.AssertSameBits(expected[part].AsSpan(token * heights[part], heights[part]), y.AsSpan(start, heights[part]));
                start += heights[part];
            }
        }
    }

    [Fact]
    public void Spans_shorter_than_their_shape_are_refused()
    {
        using PackedMatrix packed = PackedMatrix.Pack(new float[12], 3, 4);
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new float[7], 2, packed, [], new float[6], ComputeThreads.All));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new float[8], 2, packed, [], new float[5], ComputeThreads.All));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new float[8], 2, packed, new float[2], new float[6], ComputeThreads.All));
        MatrixProduct.Multiply([], 0, packed, [], [], ComputeThreads.All);
    }

    [Fact]
    public void A_released_matrix_is_refused()
    {
        PackedMatrix packed = PackedMatrix.Pack(new float[12], 3, 4);
        packed.Dispose();
        packed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => MatrixProduct.Multiply(new float[4], 1, packed, [], new float[3], ComputeThreads.All));
    }

    internal static (byte[] Stored, float[] Widened) Store(float[] values, NumberFormat format)
    {
        if (format == NumberFormat.Float32)
            return (MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), values);
        ushort[] narrow = new ushort[values.Length];
        float[] widened = new float[values.Length];
        if (format == NumberFormat.BFloat16)
        {
            BFloat16Conversion.Narrow(values, narrow);
            BFloat16Conversion.Widen(narrow, widened);
        }
        else
        {
            Float16Conversion.Narrow(values, narrow);
            Float16Conversion.Widen(narrow, widened);
        }

        return (MemoryMarshal.AsBytes(narrow.AsSpan()).ToArray(), widened);
    }
}
