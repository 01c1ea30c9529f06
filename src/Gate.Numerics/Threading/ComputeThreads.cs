namespace Gate.Numerics.Threading;

/// <summary>
/// How many threads the kernels may use. Work is always divided over outputs (rows, heads, items), never inside one reduction, so the number
/// changes the time and not one bit of a result.
/// </summary>
/// <param name="Count">Threads, at least 1.</param>
public readonly record struct ComputeThreads(int Count)
{
    /// <summary>One thread for each core the process may use.</summary>
    public static ComputeThreads All { get; } = new(Environment.ProcessorCount);
}
