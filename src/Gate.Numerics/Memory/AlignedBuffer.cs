using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gate.Numerics.Memory;

/// <summary>
/// Zero-filled native memory that begins on a 64-byte boundary (one cache line, one 512-bit vector). The memory is released by
/// <see cref="IDisposable.Dispose"/>, or by the finalizer of its handle when that was forgotten.
/// </summary>
/// <typeparam name="T">An element type without references.</typeparam>
public sealed unsafe class AlignedBuffer<T> : MemoryManager<T>
    where T : unmanaged
{
    /// <summary>Alignment of the first element in bytes.</summary>
    public const int Alignment = 64;

    private readonly AlignedMemoryHandle handle;

    /// <summary>Allocates <paramref name="length"/> elements, all zero.</summary>
    /// <param name="length">Elements, at least 0; more than 2³¹ are possible and then reached by <see cref="Slice"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or its size in bytes does not fit an address.</exception>
    /// <exception cref="OutOfMemoryException">The system refuses the memory.</exception>
    public AlignedBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (long.MaxValue - Alignment) / Unsafe.SizeOf<T>());
        Length = length;
        handle = new AlignedMemoryHandle(length * Unsafe.SizeOf<T>(), Alignment);
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes => Length * Unsafe.SizeOf<T>();

    /// <summary>All elements.</summary>
    /// <exception cref="OverflowException">There are more than 2³¹ − 1 of them: use <see cref="Slice"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was released.</exception>
    public Span<T> Span => new(Pointer, checked((int)Length));

    /// <summary>The address of the first element; valid until the buffer is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The memory was released.</exception>
    internal T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle.IsClosed, this);
            return (T*)handle.DangerousGetHandle();
        }
    }

    /// <summary>A range of elements.</summary>
    /// <param name="start">Index of the first element.</param>
    /// <param name="count">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the buffer.</exception>
    public Span<T> Slice(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - count);
        return new Span<T>(Pointer + start, count);
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => Span;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(Pointer + elementIndex, pinnable: this);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();
    }
}
