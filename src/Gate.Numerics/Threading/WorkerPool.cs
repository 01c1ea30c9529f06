namespace Gate.Numerics.Threading;

/// <summary>
/// One waiting thread for each core but the caller's. A product of a small model takes microseconds, so handing out work must cost less than
/// that: a worker spins a little before it sleeps, and pieces are taken from a counter.
/// </summary>
internal sealed class WorkerPool
{
    private readonly SemaphoreSlim[] wakeUps;
    private WorkerJob? current;
    private int busy;

    private WorkerPool(int workers)
    {
        wakeUps = new SemaphoreSlim[workers];
        for (int i = 0; i < workers; i++)
        {
            wakeUps[i] = new SemaphoreSlim(0);
            SemaphoreSlim wakeUp = wakeUps[i];
            var thread = new Thread(() => Work(wakeUp)) { IsBackground = true, Name = $"gate-numerics-{i + 1}" };
            thread.Start();
        }
    }

    /// <summary>The pool of the process, started by its first use.</summary>
    public static WorkerPool Shared { get; } = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Runs all pieces and returns true, or returns false at once when the workers are already in use.</summary>
    public bool TryRun(int pieces, int threads, Action<int> body)
    {
        if (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
            return false;
        try
        {
            var job = new WorkerJob(pieces, body);
            Volatile.Write(ref current, job);
            int helpers = Math.Min(Math.Min(threads, pieces) - 1, wakeUps.Length);
            for (int i = 0; i < helpers; i++)
                wakeUps[i].Release();
            job.TakePart();
            job.WaitForAll();
        }
        finally
        {
            Volatile.Write(ref current, null);
            Volatile.Write(ref busy, 0);
        }

        return true;
    }

    private void Work(SemaphoreSlim wakeUp)
    {
        while (true)
        {
            wakeUp.Wait();
            Volatile.Read(ref current)?.TakePart();
        }
    }
}
