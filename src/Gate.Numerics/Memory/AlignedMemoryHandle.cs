using System.Runtime.InteropServices;

namespace Gate.Numerics.Memory;

/// <summary>Owns one aligned block of native memory, so that it is released exactly once, even when its user forgot.</summary>
internal sealed unsafe class AlignedMemoryHandle : SafeHandle
{
    private readonly long bytes;

    /// <summary>Allocates zero-filled memory.</summary>
    /// <param name="bytes">Size; 0 still yields a valid address.</param>
    /// <param name="alignment">Power of two.</param>
    public AlignedMemoryHandle(long bytes, int alignment)
        : base(0, ownsHandle: true)
    {
        this.bytes = bytes;
        nuint size = (nuint)Math.Max(bytes, alignment);
        void* memory = NativeMemory.AlignedAlloc(size, (nuint)alignment);
        NativeMemory.Clear(memory, size);
        SetHandle((nint)memory);
        if (bytes > 0)
            GC.AddMemoryPressure(bytes);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        if (bytes > 0)
            GC.RemoveMemoryPressure(bytes);
        return true;
    }
}
