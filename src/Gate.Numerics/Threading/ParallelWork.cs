namespace Gate.Numerics.Threading;

/// <summary>Runs independent pieces of work on several threads.</summary>
public static class ParallelWork
{
    /// <summary>
    /// Calls <paramref name="body"/> once for each piece, in any order, on up to <paramref name="threads"/> threads, the caller's among them.
    /// A call from inside a piece, or while another thread uses the workers, runs on the caller's thread alone.
    /// </summary>
    /// <param name="pieces">Number of pieces, at least 0.</param>
    /// <param name="threads">Threads that may be used; never more than the machine has cores.</param>
    /// <param name="body">Called with the piece's index; pieces must write to different places. The first exception is thrown to the caller.</param>
    public static void Run(int pieces, ComputeThreads threads, Action<int> body)
    {
        if (threads.Count > 1 && pieces > 1 && WorkerPool.Shared.TryRun(pieces, threads.Count, body))
            return;
        for (int piece = 0; piece < pieces; piece++)
            body(piece);
    }
}
