using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Memory;

namespace Gate.Numerics.Attention;

/// <summary>
/// Scaled dot-product attention of one head: softmax(scale·q·K + …)·V over the positions a query may see. The bits depend on the query, the keys
/// and the values alone, not on how these are cut into segments, nor on the other queries of the call.
/// </summary>
/// <remarks>
/// Scores are fixed-lane dot products (<see cref="DotProduct"/>). With m the largest score, the weights are e^{score − m}; their sum runs over
/// sixteen lanes by distance from the first visible position, folded as in <see cref="LaneSum"/>; each element of the result is one chain of
/// fused multiply-adds over the positions in rising order, divided by the sum at the end. A NaN score makes the result NaN.
/// </remarks>
public static class AttentionKernel
{
    /// <summary>Attends with one query.</summary>
    /// <param name="query">[head dimension].</param>
    /// <param name="segments">Keys and values in position order, from position 0.</param>
    /// <param name="visible">Positions the query may see: position of the query + 1 in causal attention, at least 1.</param>
    /// <param name="shape">Strides, offsets and score options of this head.</param>
    /// <param name="destination">[value dimension].</param>
    /// <exception cref="ArgumentException">The segments hold fewer than <paramref name="visible"/> positions, or a span is too short.</exception>
    public static void Attend(
        ReadOnlySpan<float> query, ReadOnlySpan<KeyValueSegment> segments, int visible, in AttentionShape shape, Span<float> destination) =>
        AttendBlock(query, queryCount: 1, queryStride: 0, segments, visible, shape, destination, destinationStride: 0);

    /// <summary>Attends with several queries of consecutive positions that share their keys.</summary>
    /// <param name="queries">[queryCount, head dimension] with <paramref name="queryStride"/> elements from one to the next.</param>
    /// <param name="queryCount">Number of queries.</param>
    /// <param name="queryStride">Elements from one query to the next.</param>
    /// <param name="segments">Keys and values in position order, from position 0.</param>
    /// <param name="visible">
    /// Positions up to and including the first query's own, at least 1: in causal attention what it may see; each following query is one further.
    /// </param>
    /// <param name="shape">Strides, offsets and score options of this head.</param>
    /// <param name="destination">[queryCount, value dimension] with <paramref name="destinationStride"/> elements from one to the next.</param>
    /// <param name="destinationStride">Elements from one result to the next.</param>
    /// <exception cref="ArgumentException">The segments hold too few positions, or a span is too short.</exception>
    public static unsafe void AttendBlock(
        ReadOnlySpan<float> queries,
        int queryCount,
        int queryStride,
        ReadOnlySpan<KeyValueSegment> segments,
        int visible,
        in AttentionShape shape,
        Span<float> destination,
        int destinationStride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visible, 1);
        long positions = 0;
        foreach (KeyValueSegment segment in segments)
        {
            if (segment.Positions <= 0)
                continue;
            LengthCheck.RequireRoom(((segment.Positions - 1L) * shape.KeyStride) + shape.KeyOffset + shape.HeadDimension, segment.Keys.Length);
            LengthCheck.RequireRoom(((segment.Positions - 1L) * shape.ValueStride) + shape.ValueOffset + shape.ValueDimension, segment.Values.Length);
            positions += segment.Positions;
        }

        if (!shape.TwoSided && positions < visible + queryCount - 1L)
            throw new ArgumentException($"{visible + queryCount - 1L} positions are to be seen, the segments hold {positions}", nameof(segments));
        LengthCheck.RequireRoom(((queryCount - 1L) * queryStride) + shape.HeadDimension, queries.Length);
        LengthCheck.RequireRoom(((queryCount - 1L) * destinationStride) + shape.ValueDimension, destination.Length);
        fixed (float* from = queries, to = destination)
        {
            for (int query = 0; query < queryCount; query++)
            {
                AttendOne(
                    from + ((long)query * queryStride), segments, visible + query, (int)positions, shape, to + ((long)query * destinationStride));
            }
        }
    }

    private static unsafe void AttendOne(
        float* query, ReadOnlySpan<KeyValueSegment> segments, int own, int positions, in AttentionShape shape, float* destination)
    {
        int first = shape.Window > 0 ? Math.Max(0, own - shape.Window) : 0;
        int visible = !shape.TwoSided ? own : shape.Window > 0 ? (int)Math.Min(positions, own - 1L + shape.Window) : positions;
        float* scores = ThreadScratch.Scores.Take(visible - first);
        int start = 0;
        foreach (KeyValueSegment segment in segments)
        {
            int from = Math.Max(first - start, 0), count = Math.Min(segment.Positions, visible - start) - from;
            if (count > 0)
            {
                fixed (float* keys = segment.Keys.Span)
                {
                    float* key = keys + ((long)from * shape.KeyStride) + shape.KeyOffset;
                    AttentionScores.Compute(
                        query, shape.HeadDimension, key, shape.KeyStride, count, shape.Scale, scores + (start + from - first));
                }
            }

            start += segment.Positions;
        }

        float sum = AttentionWeights.Compute(new Span<float>(scores, visible - first), shape, own - 1 - first);
        var result = new Span<float>(destination, shape.ValueDimension);
        result.Clear();
        start = 0;
        foreach (KeyValueSegment segment in segments)
        {
            int from = Math.Max(first - start, 0), count = Math.Min(segment.Positions, visible - start) - from;
            if (count > 0)
            {
                fixed (float* values = segment.Values.Span)
                {
                    float* value = values + ((long)from * shape.ValueStride) + shape.ValueOffset;
                    WeightedValues.Accumulate(
                        scores + (start + from - first), count, value, shape.ValueStride, shape.ValueDimension, destination);
                }
            }

            start += segment.Positions;
        }

        for (int i = 0; i < result.Length; i++)
            result[i] /= sum;
    }
}
