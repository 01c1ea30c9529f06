namespace Gate.Numerics.Memory;

/// <summary>Working memory of one thread that grows and is reused, so that kernels allocate nothing in the steady state.</summary>
internal sealed unsafe class ThreadScratch : IDisposable
{
    [ThreadStatic]
    private static ThreadScratch? tokens;

    [ThreadStatic]
    private static ThreadScratch? panel;

    [ThreadStatic]
    private static ThreadScratch? scores;

    private AlignedBuffer<float>? buffer;

    /// <summary>Packed inputs of the product that the thread started.</summary>
    public static ThreadScratch Tokens => tokens ??= new ThreadScratch();

    /// <summary>A panel block that the thread widened.</summary>
    public static ThreadScratch Panel => panel ??= new ThreadScratch();

    /// <summary>Attention scores of the thread.</summary>
    public static ThreadScratch Scores => scores ??= new ThreadScratch();

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ((IDisposable?)buffer)?.Dispose();

    /// <summary>At least <paramref name="length"/> elements with undefined content, valid until the next call.</summary>
    public float* Take(long length)
    {
        if (buffer is null || buffer.Length < length)
        {
            ((IDisposable?)buffer)?.Dispose();
            buffer = new AlignedBuffer<float>(Math.Max(length, buffer is null ? length : buffer.Length * 3 / 2));
        }

        return buffer.Pointer;
    }
}
