using System.Runtime.ExceptionServices;

namespace Gate.Numerics.Threading;

/// <summary>Pieces that several threads take one by one. A worker that arrives late finds no piece left and touches nothing.</summary>
internal sealed class WorkerJob(int pieces, Action<int> body)
{
    private int next = -1;
    private int finished;
    private ExceptionDispatchInfo? failure;

    /// <summary>Takes pieces until none is left.</summary>
    public void TakePart()
    {
        for (int piece = Interlocked.Increment(ref next); piece < pieces; piece = Interlocked.Increment(ref next))
        {
            try
            {
                if (Volatile.Read(ref failure) is null)
                    body(piece);
            }
#pragma warning disable CA1031 // carried to the caller's thread by WaitForAll
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            }
            finally
            {
                Interlocked.Increment(ref finished);
            }
        }
    }

    /// <summary>Waits until every piece is finished and throws the first exception, if there was one.</summary>
    public void WaitForAll()
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref finished) < pieces)
            spin.SpinOnce(sleep1Threshold: -1);
        failure?.Throw();
    }
}
