using Gate.Numerics.Attention;

namespace Gate.Numerics.Tests.Attention;

public sealed class AttentionTests
{
    public static TheoryData<int, int, float, float, int> Options => new()
    {
        { 64, 37, 0f, 0f, 0 }, { 64, 200, 0f, 0f, 0 }, { 128, 70, 0f, 0.25f, 0 }, { 80, 45, 30f, 0f, 0 }, { 96, 100, 0f, 0f, 17 }, { 8, 33, 0f, 0f, 0 },
        { 20, 21, 50f, 0.5f, 5 }, { 64, 1, 0f, 0f, 0 },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void The_result_is_near_the_formula_in_double(int dimension, int positions, float cap, float slope, int window)
    {
        (float[] query, float[] keys, float[] values, AttentionShape shape) = Inputs(dimension, positions, cap, slope, window);
        float[] found = new float[dimension];
        AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, positions)], positions, shape, found);
        double[] expected = Reference(query, keys, values, positions, shape);
        for (int i = 0; i < dimension; i++)
            Assert.Equal(expected[i], found[i], 3e-6);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_bits_do_not_depend_on_segments_or_on_other_queries(int dimension, int positions, float cap, float slope, int window)
    {
        (float[] query, float[] keys, float[] values, AttentionShape shape) = Inputs(dimension, positions, cap, slope, window);
        int queries = Math.Min(positions, 9), firstVisible = positions - queries + 1;
        float[] rows = Numbers.Uniform(queries * dimension, 77);
        query.CopyTo(rows, (queries - 1) * dimension);
        var whole = new KeyValueSegment(keys, values, positions);
        float[] block = new float[queries * dimension];
        AttentionKernel.AttendBlock(rows, queries, dimension, [whole], firstVisible, shape, block, dimension);

        for (int cut = 0; cut <= positions; cut += Math.Max(1, positions / 11))
        {
            KeyValueSegment[] segments = [Part(0, cut / 2), Part(cut / 2, cut), Part(cut, positions)];
            for (int i = 0; i < queries; i++)
            {
                float[] single = new float[dimension];
                AttentionKernel.Attend(rows.AsSpan(i * dimension, dimension), segments, firstVisible + i, shape, single);
                Numbers.AssertSameBits(block.AsSpan(i * dimension, dimension), single, $"cut at {cut}, query {i}");
            }
        }

        KeyValueSegment Part(int from, int to) =>
            new(keys.AsMemory(from * shape.KeyStride), values.AsMemory(from * shape.ValueStride), to - from);
    }

    [Fact]
    public void The_weights_have_the_bits_of_their_scalar_twin()
    {
        for (int count = 1; count < 120; count++)
        {
            float[] scores = [.. Numbers.Uniform(count, count).Select(value => value * 30)];
            float[] twin = [.. scores];
            float largest = float.NegativeInfinity, twinLargest = float.NegativeInfinity;
            float sum = AttentionWeights.ExponentiateVector(scores, ref largest);
            Assert.True(Numbers.SameBits(AttentionWeights.ExponentiateScalar(twin, ref twinLargest), sum), $"{count} scores");
            Numbers.AssertSameBits(twin, scores);
        }
    }

    [Fact]
    public void A_NaN_key_makes_the_result_NaN_and_a_later_one_is_not_seen()
    {
        (float[] query, float[] keys, float[] values, AttentionShape shape) = Inputs(64, 40, 0, 0, 0);
        keys[(30 * shape.KeyStride) + shape.KeyOffset] = float.NaN;
        float[] found = new float[64];
        AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 40)], 30, shape, found);
        Assert.All(found, value => Assert.True(float.IsFinite(value)));
        AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 40)], 31, shape, found);
        Assert.All(found, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Too_few_positions_and_short_segments_are_refused()
    {
        (float[] query, float[] keys, float[] values, AttentionShape shape) = Inputs(16, 4, 0, 0, 0);
        float[] found = new float[16];
        Assert.Throws<ArgumentException>(() => AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 4)], 5, shape, found));
        Assert.Throws<ArgumentException>(() => AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 5)], 4, shape, found));
        Assert.Throws<ArgumentOutOfRangeException>(() => AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 4)], 0, shape, found));
        Assert.Throws<ArgumentException>(() => AttentionKernel.Attend(query, [new KeyValueSegment(keys, values, 4)], 4, shape, new float[15]));
    }

    private static (float[] Query, float[] Keys, float[] Values, AttentionShape Shape) Inputs(
        int dimension, int positions, float cap, float slope, int window)
    {
        var shape = new AttentionShape
        {
            HeadDimension = dimension,
            KeyStride = (2 * dimension) + 3,
            ValueStride = 2 * dimension,
            KeyOffset = dimension + 1,
            ValueOffset = dimension,
            Scale = 1f / MathF.Sqrt(dimension),
            SoftCap = cap,
            AlibiSlope = slope,
            Window = window,
        };
        float[] query = [.. Numbers.Uniform(dimension, 1).Select(value => 4 * value)];
        return (query, Numbers.Uniform(positions * shape.KeyStride, 2), Numbers.Uniform(positions * shape.ValueStride, 3), shape);
    }

    private static double[] Reference(float[] query, float[] keys, float[] values, int positions, AttentionShape shape)
    {
        double[] scores = new double[positions];
        for (int j = 0; j < positions; j++)
        {
            double dot = 0;
            for (int i = 0; i < query.Length; i++)
                dot += (double)query[i] * keys[(j * shape.KeyStride) + shape.KeyOffset + i];
            double score = dot * shape.Scale;
            if (shape.SoftCap > 0)
                score = shape.SoftCap * Math.Tanh(score / shape.SoftCap);
            score += shape.AlibiSlope * (j - (positions - 1));
            scores[j] = shape.Window > 0 && positions - j > shape.Window ? double.NegativeInfinity : score;
        }

        double max = scores.Max(), sum = scores.Sum(score => Math.Exp(score - max));
        double[] result = new double[query.Length];
        for (int j = 0; j < positions; j++)
        {
            for (int i = 0; i < result.Length; i++)
                result[i] += Math.Exp(scores[j] - max) / sum * values[(j * shape.ValueStride) + shape.ValueOffset + i];
        }

        return result;
    }
}
