using Gate.Diagnostics;

namespace Gate.Models.Checkpoints;

/// <summary>Does something with every tensor of a checkpoint, several at a time.</summary>
internal static class TensorSweep
{
    /// <summary>Calls <paramref name="visit"/> with the index of every tensor, the largest first, so that no thread is left alone with one at the end.</summary>
    /// <exception cref="GateException">What a visit refused.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(IReadOnlyList<TensorInfo> tensors, Action<int> visit, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, tensors.Count).OrderByDescending(index => tensors[index].Length)];
        int next = -1;
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, order.Length, options, _ => visit(order[Interlocked.Increment(ref next)]));
        }
        catch (AggregateException exception)
        {
            // A refusal is the user's affair and must reach the edge of the tool as what it is.
            throw exception.Flatten().InnerExceptions.OfType<GateException>().FirstOrDefault()
                ?? exception.Flatten().InnerExceptions.OfType<OperationCanceledException>().FirstOrDefault()
                ?? (Exception)exception;
        }
    }
}
