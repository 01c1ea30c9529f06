using System.Buffers;
using Gate.Models.Inference.Batching;
using Gate.Numerics.Attention;
using Gate.Numerics.Threading;
using HeadShape = Gate.Numerics.Attention.AttentionShape;

namespace Gate.Models.Inference.Engine.Managed;

/// <summary>
/// Causal grouped-query attention over the rows of a key/value store: <see cref="AttentionKernel"/> for every segment and head, keys in the order of
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
        ReadOnlySpan<float> queries = projected.RowsAt(segment.FirstToken, segment.Count);
        Span<float> result = output.RowsAt(segment.FirstToken, segment.Count);
        KeyValueSegment[] rented = ArrayPool<KeyValueSegment>.Shared.Rent(segment.Runs.Length);
        for (int run = 0; run < segment.Runs.Length; run++)
            rented[run] = store.Rows(layer, segment.Runs.Span[run]);
        for (int head = 0; head < shape.Heads; head++)
        {
            HeadShape headShape = new()
            {
                HeadDimension = size,
                KeyStride = shape.KeyValueWidth,
                ValueStride = shape.KeyValueWidth,
                KeyOffset = head / group * size,
                ValueOffset = head / group * size,
                Scale = shape.Scale,
                Window = shape.Window == AttentionShape.NoWindow ? 0 : shape.Window,
            };
            AttentionKernel.AttendBlock(
                queries[(head * size)..], segment.Count, projected.Columns, rented.AsSpan(0, segment.Runs.Length), segment.StartPosition + 1,
                headShape, result[(head * size)..], output.Columns);
        }

        ArrayPool<KeyValueSegment>.Shared.Return(rented, clearArray: true);
    }
}
