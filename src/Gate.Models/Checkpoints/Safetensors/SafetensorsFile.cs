using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using Gate.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>One safetensors file, checked and memory-mapped. Its length is taken from the open handle and looked at again before every read, because
/// reading a mapped page that was cut off ends the process.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private SafetensorsFile(string path, string name, SafeFileHandle handle, long length, ImmutableArray<TensorInfo> tensors)
    {
        (Path, Name, _handle, Length, Tensors) = (path, name, handle, length, tensors);
        _map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    /// <summary>The file as messages name it.</summary>
    public string Path { get; }

    /// <summary>The file's name in <see cref="TensorInfo.File"/>.</summary>
    public string Name { get; }

    /// <summary>Bytes of the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public ImmutableArray<TensorInfo> Tensors { get; }

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in <see cref="TensorInfo.File"/>.</param>
    /// <exception cref="GateException">Exit 4: unreadable or malformed.</exception>
    public static SafetensorsFile Open(string path, string name)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            long length = RandomAccess.GetLength(handle);
            return new SafetensorsFile(path, name, handle, length, ReadHeader(path, name, handle, length));
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (exception is IOException or UnauthorizedAccessException or NotSupportedException)
                throw FileDiagnostics.Unreadable(path, exception);
            throw;
        }
    }

    /// <summary>Bytes of the file, straight from the map.</summary>
    /// <exception cref="GateException">Exit 4: the file is shorter or longer than it was (GATE3025).</exception>
    public ReadOnlySpan<byte> Read(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        long found = RandomAccess.GetLength(_handle);
        return found == Length ? new ReadOnlySpan<byte>(_start + offset, count) : throw FileDiagnostics.Changed(Path, Length, found);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _handle.Dispose();
    }

    private static ImmutableArray<TensorInfo> ReadHeader(string path, string name, SafeFileHandle handle, long length)
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        if (length < prefix.Length || RandomAccess.Read(handle, prefix, 0) < prefix.Length)
            throw SafetensorsDiagnostics.Truncated(path, "8 bytes of header length", length);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)SafetensorsHeader.MaximumLength)
            throw SafetensorsDiagnostics.HeaderTooLong(path, headerLength, SafetensorsHeader.MaximumLength);
        if ((long)headerLength > length - prefix.Length)
            throw SafetensorsDiagnostics.Truncated(path, $"8 bytes of length and {headerLength} bytes of header", length);

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)headerLength);
        try
        {
            Memory<byte> header = buffer.AsMemory(0, (int)headerLength);
            for (int read = 0; read < header.Length;)
            {
                int count = RandomAccess.Read(handle, header.Span[read..], prefix.Length + read);
                read += count > 0 ? count : throw FileDiagnostics.Changed(path, length, RandomAccess.GetLength(handle));
            }

            return SafetensorsHeader.Parse(path, name, header, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
