using System.IO.MemoryMappedFiles;
using Gate.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Gate.Models.Checkpoints;

/// <summary>A file open for reading and mapped into memory. Its length is taken from the open handle and looked at again before every read, because
/// reading a mapped page that was cut off ends the process.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    private MappedFile(string path, string name, SafeFileHandle handle, long length)
    {
        (Path, Name, _handle, Length) = (path, name, handle, length);

        // An empty file cannot be mapped, and has nothing to read.
        if (length == 0)
            return;
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

    /// <summary>Opens and maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in <see cref="TensorInfo.File"/>.</param>
    /// <exception cref="GateException">Exit 4: unreadable (GATE3026).</exception>
    public static MappedFile Open(string path, string name)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(RegularFile.Require(path), FileMode.Open, FileAccess.Read, FileShare.Read);
            return new MappedFile(path, name, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (StorageFault.Is(exception) || exception is NotSupportedException)
                throw FileDiagnostics.Unreadable(path, exception);
            throw;
        }
    }

    /// <summary>Bytes of the file, straight from the map.</summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="count">Bytes.</param>
    /// <exception cref="GateException">Exit 4: the file is shorter or longer than it was (GATE3025).</exception>
    /// <exception cref="ArgumentOutOfRangeException">Outside the file.</exception>
    public ReadOnlySpan<byte> Read(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        long found = RandomAccess.GetLength(_handle);
        return found == Length ? new ReadOnlySpan<byte>(_start + offset, count) : throw FileDiagnostics.Changed(Path, Length, found);
    }

    /// <summary>Lets the operating system take back the memory of a range that was read; a later read brings the same bytes in again.</summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="count">Bytes.</param>
    public void Release(long offset, long count)
    {
        if (count > 0 && !_handle.IsClosed)
            MappedPages.Release(_start + offset, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
        _handle.Dispose();
    }
}
