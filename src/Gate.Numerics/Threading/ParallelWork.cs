namespace Gate.Numerics.Threading;

/// <summary>Runs independent pieces of work on several threads.</summary>
public static class ParallelWork
{
    /// <summary>Calls <paramref name="body"/> once for each piece, in any order, on up to <paramref name="threads"/> threads.</summary>
    /// <param name="pieces">Number of pieces, at least 0.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="body">Called with the piece's index; pieces must write to different places.</param>
    public static void Run(int pieces, ComputeThreads threads, Action<int> body)
    {
        if (threads.Count <= 1 || pieces <= 1)
        {
            for (int piece = 0; piece < pieces; piece++)
                body(piece);
            return;
        }

        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads.Count }, body);
    }
}
