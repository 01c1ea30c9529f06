using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Models.Inference.Batching;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Models.Inference.Engine.Managed;

/// <summary>
/// Causal grouped-query attention over the rows of a key/value store: softmax(q · kᵀ · scale) · v for every token and head, keys in the order of
/// their positions. A token's bits depend on its sequence alone, wherever the rows lie and whatever else is in the batch.
/// </summary>
internal static class ManagedAttention
{
    // Below this many multiplications a second thread costs more than it brings.
    private const long WorkPerPiece = 1 << 17;

    /// <summary>Copies the keys and values of a batch to their store rows.</summary>
    public static void Store(RaggedBatch batch, ManagedMatrix projected, AttentionShape shape, ManagedKeyValueStore store, int layer)
    {
        int width = shape.KeyValueWidth;
        foreach (Segment segment in batch.Segments)
        {
            Span<float> keys = store.Keys(layer, segment.StoreRow, segment.Count), values = store.Values(layer, segment.StoreRow, segment.Count);
            for (int token = 0; token < segment.Count; token++)
            {
                ReadOnlySpan<float> row = projected.Row(segment.FirstToken + token);
                row.Slice(shape.QueryWidth, width).CopyTo(keys[(token * width)..]);
                row.Slice(shape.QueryWidth + width, width).CopyTo(values[(token * width)..]);
            }
        }
    }

    /// <summary>Attends for every token of the batch.</summary>
    public static void Attend(
        RaggedBatch batch, ManagedMatrix projected, AttentionShape shape, ManagedKeyValueStore store, int layer, ManagedMatrix output,
        ComputeThreads threads)
    {
        int[] starts = Pieces(batch, shape);
        ParallelWork.Run(starts.Length - 1, threads, piece =>
        {
            for (int index = starts[piece]; index < starts[piece + 1]; index++)
                AttendSegment(batch.Segments[index], projected, shape, store, layer, output);
        });
    }

    // Neighbouring segments are put together until a piece is worth a thread.
    private static int[] Pieces(RaggedBatch batch, AttentionShape shape)
    {
        List<int> starts = [0];
        long work = 0;
        for (int index = 0; index < batch.Segments.Count; index++)
        {
            Segment segment = batch.Segments[index];
            work += 2L * shape.QueryWidth * segment.Count * (segment.StartPosition + segment.Count);
            if (work >= WorkPerPiece && index + 1 < batch.Segments.Count)
            {
                starts.Add(index + 1);
                work = 0;
            }
        }

        starts.Add(batch.Segments.Count);
        return [.. starts];
    }

    private static void AttendSegment(
        Segment segment, ManagedMatrix projected, AttentionShape shape, ManagedKeyValueStore store, int layer, ManagedMatrix output)
    {
        int group = shape.Heads / shape.KeyValueHeads, size = shape.HeadSize;
        int[] rows = ArrayPool<int>.Shared.Rent(segment.StartPosition + segment.Count);
        float[] weights = ArrayPool<float>.Shared.Rent(segment.StartPosition + segment.Count);
        ListRows(segment.Runs.Span, rows);
        for (int token = 0; token < segment.Count; token++)
        {
            int end = segment.StartPosition + token + 1, first = shape.Window < end ? end - shape.Window : 0;
            ReadOnlySpan<int> visible = rows.AsSpan(first, end - first);
            Span<float> scores = weights.AsSpan(0, visible.Length);
            ReadOnlySpan<float> queries = projected.Row(segment.FirstToken + token)[..shape.QueryWidth];
            Span<float> result = output.Row(segment.FirstToken + token);
            for (int head = 0; head < shape.Heads; head++)
            {
                int column = head / group * size;
                Score(queries.Slice(head * size, size), store, layer, column, visible, shape.Scale, scores);
                float scale = 1f / Exponentiate(scores);
                Combine(scores, scale, store, layer, column, visible, result.Slice(head * size, size));
            }
        }

        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(weights);
    }

    private static void ListRows(ReadOnlySpan<KeyValueRun> runs, Span<int> rows)
    {
        int position = 0;
        foreach (KeyValueRun run in runs)
        {
            for (int i = 0; i < run.Count; i++)
                rows[position++] = run.FirstRow + i;
        }
    }

    private static void Score(
        ReadOnlySpan<float> query, ManagedKeyValueStore store, int layer, int column, ReadOnlySpan<int> rows, float scale, Span<float> scores)
    {
        for (int i = 0; i < rows.Length; i++)
            scores[i] = DotProduct.Dot(query, store.Keys(layer, rows[i], 1).Slice(column, query.Length)) * scale;
    }

    // Replaces scores by e^(score − largest) and returns their sum, added in the order of positions. A NaN survives into the sum.
    private static float Exponentiate(Span<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
            largest = score > largest ? score : largest;
        for (int i = 0; i < scores.Length; i++)
            scores[i] -= largest;
        Exponential.Apply(scores, scores);
        float sum = 0;
        foreach (float weight in scores)
            sum += weight;
        return sum;
    }

    // Every output is one chain of fused multiply-adds over the positions, so the width of a vector changes nothing.
    private static void Combine(
        ReadOnlySpan<float> weights, float scale, ManagedKeyValueStore store, int layer, int column, ReadOnlySpan<int> rows, Span<float> result)
    {
        int at = 0;
        for (; at <= result.Length - Vector512<float>.Count; at += Vector512<float>.Count)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int i = 0; i < rows.Length; i++)
            {
                Vector512<float> value = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(store.Values(layer, rows[i], 1)[(column + at)..]));
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weights[i]), value, sum);
            }

            (sum * scale).StoreUnsafe(ref result[at]);
        }

        for (; at < result.Length; at++)
        {
            float sum = 0;
            for (int i = 0; i < rows.Length; i++)
                sum = MathF.FusedMultiplyAdd(weights[i], store.Values(layer, rows[i], 1)[column + at], sum);
            result[at] = sum * scale;
        }
    }
}
