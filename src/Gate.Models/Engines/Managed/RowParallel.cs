using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>Splits the rows of an element-wise operation over threads; a row is never split.</summary>
internal static class RowParallel
{
    // 32,768 values are some microseconds of work: about what waking a thread costs.
    private const long ValuesPerPiece = 1 << 15;

    /// <summary>Calls the body with runs of rows (first, count) that cover all rows.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Values touched per row.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="body">Writes its rows only.</param>
    public static void Run(int rows, int columns, ComputeThreads threads, Action<int, int> body)
    {
        if (rows == 0)
            return;
        int pieces = (int)Math.Clamp((long)rows * columns / ValuesPerPiece, 1, Math.Min(rows, threads.Count * 2));
        int rowsPerPiece = (rows + pieces - 1) / pieces;
        if (pieces == 1)
        {
            body(0, rows);
            return;
        }

        ParallelWork.Run((rows + rowsPerPiece - 1) / rowsPerPiece, threads, piece =>
        {
            int first = piece * rowsPerPiece;
            body(first, Math.Min(rowsPerPiece, rows - first));
        });
    }
}
