using Gate.Models.Batching;

namespace Gate.Models.Calibration;

/// <summary>What an encoder made of the calibration windows.</summary>
/// <param name="Windows">What it read.</param>
/// <param name="States">Its outputs, one row for each token.</param>
internal sealed record EncodedWindows(StackWindows Windows, ResidualBuffer States)
{
    /// <summary>The encoder's rows for a batch of the decoder.</summary>
    /// <param name="batch">A batch of the decoder.</param>
    /// <returns>The same windows as the encoder read them, and the decoder's batch with the rows of each window's memory.</returns>
    public (WindowBatch Read, WindowBatch Told) For(WindowBatch batch)
    {
        RaggedBatch read = new(lengthClass: 0), told = new(batch.Tokens.LengthClass);
        for (int i = 0; i < batch.Count; i++)
        {
            int[] source = Windows.Windows[batch.First + i];
            Segment segment = batch.Tokens.Segments[i];
            KeyValueRun memory = new(read.Count, source.Length);
            read.AddWhole(source, read.Count);
            told.Add(batch.Tokens.Tokens.Slice(segment.FirstToken, segment.Count), 0, segment.StoreRow, segment.Runs, memory);
        }

        long before = Windows.Windows.Take(batch.First).Sum(window => (long)window.Length);
        return (new WindowBatch(batch.First, batch.Count, before, read), batch with { Tokens = told });
    }
}
