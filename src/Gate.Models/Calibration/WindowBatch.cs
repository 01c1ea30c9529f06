using Gate.Models.Batching;

namespace Gate.Models.Calibration;

/// <summary>Whole calibration windows that run together.</summary>
/// <param name="First">Index of the first window.</param>
/// <param name="Count">Windows.</param>
/// <param name="FirstToken">Tokens of all windows before the first.</param>
/// <param name="Tokens">Their tokens as one batch, each window a segment of its own.</param>
internal sealed record WindowBatch(int First, int Count, long FirstToken, RaggedBatch Tokens)
{
    /// <summary>The window that a token of the batch is of.</summary>
    /// <param name="row">Row of the batch.</param>
    public int WindowOf(int row)
    {
        int segment = 0;
        while (row >= Tokens.Segments[segment].FirstToken + Tokens.Segments[segment].Count)
            segment++;
        return First + segment;
    }

    /// <summary>Cuts windows into batches, in order.</summary>
    /// <param name="windows">Token ids.</param>
    /// <param name="batchTokens">Most tokens of a batch, unless one window alone has more.</param>
    /// <param name="lengthClass">Length class of a length; a batch has one.</param>
    public static IReadOnlyList<WindowBatch> Cut(IReadOnlyList<int[]> windows, int batchTokens, Func<int, int> lengthClass)
    {
        List<WindowBatch> batches = [];
        long before = 0;
        for (int first = 0; first < windows.Count;)
        {
            RaggedBatch batch = new(lengthClass(windows[first].Length));
            int next = first;
            do
            {
                int length = windows[next].Length;
                batch.Add(windows[next], 0, batch.Count, new KeyValueRun[] { new(batch.Count, length) });
                next++;
            }
            while (next < windows.Count && batch.Count + windows[next].Length <= batchTokens && lengthClass(windows[next].Length) == batch.LengthClass);

            batches.Add(new WindowBatch(first, next - first, before, batch));
            before += batch.Count;
            first = next;
        }

        return batches;
    }
}
