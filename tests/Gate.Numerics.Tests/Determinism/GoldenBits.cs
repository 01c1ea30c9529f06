using System.Buffers.Binary;
using System.Security.Cryptography;
using Gate.Numerics.Activations;
using Gate.Numerics.Attention;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Normalization;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Positions;
using Gate.Numerics.Softmax;
using Gate.Numerics.Tests.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.Determinism;

/// <summary>
/// One digest over the bits that every kernel produces from seeded inputs. It is committed: a change of it is a change of the arithmetic and
/// needs a new <see cref="NumericsRevision"/>.
/// </summary>
internal static class GoldenBits
{
    public static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Products(hash);
        Elementwise(hash);
        Rows(hash);
        Attentions(hash);
        Factorisations(hash);
        Errors(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Products(IncrementalHash hash)
    {
        const int rows = 101, columns = 523, tokens = 11;
        float[] weights = Numbers.Uniform(rows * columns, 1), x = Numbers.Uniform(tokens * columns, 2), bias = Numbers.Uniform(rows, 3);
        foreach (NumberFormat format in (NumberFormat[])[NumberFormat.Float32, NumberFormat.BFloat16, NumberFormat.Float16])
        {
            (byte[] stored, _) = MatrixProductTests.Store(weights, format);
            using PackedMatrix packed = PackedMatrix.Pack(stored, format, rows, columns);
            float[] y = new float[tokens * rows];
            MatrixProduct.Multiply(x, tokens, packed, bias, y, ComputeThreads.All);
            Add(hash, y);
            MatrixProduct.Multiply(x, 1, packed, [], y, ComputeThreads.All);
            Add(hash, y.AsSpan(0, rows));
        }

        Add(hash, [DotProduct.Dot(x.AsSpan(0, 500), weights.AsSpan(0, 500)), SpanSum.Sum(x.AsSpan(0, 500))]);
    }

    private static void Elementwise(IncrementalHash hash)
    {
        float[] x = [.. Numbers.Uniform(500, 4).Select(value => 9 * value), 88.7f, -87.5f, -103.9f, 1e-30f, -0f], y = new float[x.Length];
        Exponential.Apply(x, y);
        Add(hash, y);
        Silu.Apply(x, y);
        Add(hash, y);
        Gelu.Apply(x, y);
        Add(hash, y);
        GeluTanh.Apply(x, y);
        Add(hash, y);
        QuickGelu.Apply(x, y);
        Add(hash, y);
        Add(hash, [LogSumExp.Compute(x)]);
    }

    private static void Rows(IncrementalHash hash)
    {
        const int columns = 211;
        float[] x = Numbers.Uniform(3 * columns, 5), weight = Numbers.Uniform(columns, 6), y = new float[x.Length];
        RmsNorm.Apply(x, weight, 1e-5f, y, 3, columns);
        Add(hash, y);
        LayerNorm.Apply(x, weight, weight, 1e-5f, y, 3, columns);
        Add(hash, y);
        RotaryEmbedding.Apply(y, 3, columns, 90, weight.AsSpan(0, 45), weight.AsSpan(45, 45));
        Add(hash, y);
    }

    private static void Attentions(IncrementalHash hash)
    {
        foreach (int dimension in (int[])[64, 80, 20])
        {
            var shape = new AttentionShape
            {
                HeadDimension = dimension,
                KeyStride = dimension,
                ValueStride = dimension,
                KeyOffset = 0,
                ValueOffset = 0,
                Scale = 0.5f,
                SoftCap = dimension == 80 ? 20 : 0,
                AlibiSlope = dimension == 20 ? 0.25f : 0,
            };
            var segment = new KeyValueSegment(Numbers.Uniform(75 * dimension, 7), Numbers.Uniform(75 * dimension, 8), 75);
            float[] result = new float[2 * dimension];
            AttentionKernel.AttendBlock(Numbers.Uniform(2 * dimension, 9), 2, dimension, [segment], 74, shape, result, dimension);
            Add(hash, result);
        }
    }

    private static void Factorisations(IncrementalHash hash)
    {
        const int columns = 301, tokens = 300;
        double[] h = new double[columns * columns];
        GramMatrix.Accumulate(Numbers.Uniform(tokens * columns, 10), tokens, columns, h, ComputeThreads.All);
        Add(hash, h);
        Assert.True(Cholesky.TryInverseFactorUpper(h, columns, ComputeThreads.All, out _));
        Add(hash, h);
    }

    private static void Errors(IncrementalHash hash)
    {
        const int columns = 211;
        float[] before = Numbers.Uniform(3 * columns, 11), after = Numbers.Uniform(3 * columns, 12);
        double[] weights = [.. Numbers.Uniform(3 * columns, 13).Select(value => Math.Abs((double)value))], values = new double[3];
        (double error, double size) = ErrorSums.Squares(before, after);
        (double weighted, double product, double square) = ErrorSums.WeightedFit(weights, before, after, 0.75f);
        QuadraticForm.Evaluate(before, 3, [.. Enumerable.Range(0, columns * columns).Select(i => weights[i % weights.Length])], columns, values, ComputeThreads.All);
        double[] places = new double[before.Length];
        foreach (double order in (double[])[1, 2, 3, double.PositiveInfinity])
        {
            NormSums.Accumulate(before, order, places);
            Add(hash, [NormSums.Of(before, order), .. places]);
        }

        Add(hash, [error, size, weighted, product, square, ErrorSums.Powers(before, after, 2.4, 8, double.PositiveInfinity), .. values]);
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<double> values)
    {
        byte[] bytes = new byte[sizeof(double)];
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }
}
