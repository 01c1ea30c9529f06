using System.Buffers;
using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Numerics.Attention;
using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>
/// Attention over the rows of a key/value store: <see cref="AttentionKernel"/> for every segment and head, keys in the order of
/// their positions. A token's bits depend on its sequence alone, wherever the rows lie and whatever else is in the batch.
/// </summary>
internal static class ManagedAttention
{
    // Below this many multiplications a second thread costs more than it brings.
    private const long WorkPerPiece = 1 << 17;

    /// <summary>Copies the keys and values of a batch to their store rows.</summary>
    public static void Store(RaggedBatch batch, ManagedMatrix projected, int firstColumn, ManagedKeyValueStore store, int layer)
    {
        int width = store.Shape.Width;
        foreach (Segment segment in batch.Segments)
        {
            Span<float> keys = store.Keys(layer, segment.StoreRow, segment.Count), values = store.Values(layer, segment.StoreRow, segment.Count);
            for (int token = 0; token < segment.Count; token++)
            {
                ReadOnlySpan<float> row = projected.Row(segment.FirstToken + token);
                row.Slice(firstColumn, width).CopyTo(keys[(token * width)..]);
                row.Slice(firstColumn + width, width).CopyTo(values[(token * width)..]);
            }
        }
    }

    /// <summary>Attends for every token of the batch.</summary>
    public static void Attend(
        RaggedBatch batch, ManagedMatrix queries, AttentionArithmetic arithmetic, ManagedKeyValueStore store, int layer, ManagedMatrix output,
        ComputeThreads threads)
    {
        int[] starts = Pieces(batch, arithmetic.Attention);
        ParallelWork.Run(starts.Length - 1, threads, piece =>
        {
            for (int index = starts[piece]; index < starts[piece + 1]; index++)
                AttendSegment(batch.Segments[index], queries, arithmetic, store, layer, output);
        });
    }

    // Neighbouring segments are put together until a piece is worth a thread.
    private static int[] Pieces(RaggedBatch batch, Attention attention)
    {
        List<int> starts = [0];
        long work = 0;
        for (int index = 0; index < batch.Segments.Count; index++)
        {
            Segment segment = batch.Segments[index];
            int seen = attention.Sees == Sees.Memory ? segment.Memory.Count : segment.StartPosition + segment.Count;
            work += 2L * attention.QueryWidth * segment.Count * seen;
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
        Segment segment, ManagedMatrix projected, AttentionArithmetic arithmetic, ManagedKeyValueStore store, int layer, ManagedMatrix output)
    {
        Attention attention = arithmetic.Attention;
        int group = attention.Heads / attention.KeyValueHeads, size = attention.HeadSize;
        ReadOnlySpan<float> queries = projected.RowsAt(segment.FirstToken, segment.Count);
        Span<float> result = output.RowsAt(segment.FirstToken, segment.Count);
        ReadOnlySpan<KeyValueRun> runs = attention.Sees == Sees.Memory ? [segment.Memory] : segment.Runs.Span;
        KeyValueSegment[] rented = ArrayPool<KeyValueSegment>.Shared.Rent(runs.Length);
        for (int run = 0; run < runs.Length; run++)
            rented[run] = store.Rows(layer, runs[run]);
        for (int head = 0; head < attention.Heads; head++)
        {
            AttentionShape shape = new()
            {
                HeadDimension = size,
                KeyStride = attention.KeyValueWidth,
                ValueStride = attention.KeyValueWidth,
                KeyOffset = head / group * size,
                ValueOffset = head / group * size,
                Scale = attention.Scale,
                SoftCap = attention.SoftCap,
                Window = attention.Window == Attention.NoWindow ? 0 : attention.Window,
                TwoSided = attention.Sees != Sees.Past,
                AlibiSlope = arithmetic.Slopes.IsEmpty ? 0 : arithmetic.Slopes.Span[head],
                PositionBias = arithmetic.Biases?.Of(head) ?? default,
                Sink = arithmetic.Sinks.IsEmpty ? null : arithmetic.Sinks.Span[head],
            };
            AttentionKernel.AttendBlock(
                queries[(head * size)..], segment.Count, projected.Columns, rented.AsSpan(0, runs.Length), segment.StartPosition + 1,
                shape, result[(head * size)..], output.Columns);
        }

        ArrayPool<KeyValueSegment>.Shared.Return(rented, clearArray: true);
    }
}
