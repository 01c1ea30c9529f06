using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Numerics.Memory;
using Microsoft.Win32.SafeHandles;

namespace Gate.Models.Calibration;

/// <summary>The residual stream of all windows between two blocks: in memory up to a limit, beyond it in a temporary file that goes with the buffer.</summary>
internal sealed class ResidualBuffer : IDisposable
{
    // What one span can hold is far above what one batch reads or writes; the buffer as a whole may be larger.
    private readonly AlignedBuffer<float>? _memory;
    private readonly SafeFileHandle? _file;
    private readonly string _path;

    /// <summary>Makes room.</summary>
    /// <param name="values">Values of all windows.</param>
    /// <param name="memoryBytes">Most bytes to hold in memory.</param>
    /// <exception cref="GateException">Exit 4 (GATE3093): the temporary file cannot be made.</exception>
    public ResidualBuffer(long values, long memoryBytes)
    {
        _path = Path.Combine(Path.GetTempPath(), $"gate-activations-{UniqueName.Next()}");
        if (checked(values * sizeof(float)) <= memoryBytes)
        {
            _memory = new AlignedBuffer<float>(values);
            return;
        }

        _file = Guarded(() => File.OpenHandle(
            _path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose, preallocationSize: values * sizeof(float)));
    }

    /// <summary>Whether the values lie in a file.</summary>
    public bool IsSpilled => _file is not null;

    /// <summary>Reads values from an offset on.</summary>
    public void Read(long offset, Span<float> destination)
    {
        if (_memory is not null)
        {
            _memory.Slice(offset, destination.Length).CopyTo(destination);
            return;
        }

        Span<byte> bytes = MemoryMarshal.AsBytes(destination);
        long position = offset * sizeof(float);
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_file!, bytes, position);
            if (read == 0)
                throw Unusable("it is shorter than what was written", null);
            bytes = bytes[read..];
            position += read;
        }
    }

    /// <summary>Writes values at an offset.</summary>
    public void Write(long offset, ReadOnlySpan<float> values)
    {
        if (_memory is not null)
        {
            values.CopyTo(_memory.Slice(offset, values.Length));
            return;
        }

        try
        {
            RandomAccess.Write(_file!, MemoryMarshal.AsBytes(values), offset * sizeof(float));
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Unusable(exception.Message, exception);
        }
    }

    /// <summary>Takes over the values of another buffer of the same size.</summary>
    /// <param name="other">The other.</param>
    /// <param name="values">Values of all windows.</param>
    public void CopyFrom(ResidualBuffer other, long values)
    {
        const int Piece = 1 << 18;
        float[] piece = new float[Math.Min(Piece, values)];
        for (long offset = 0; offset < values; offset += piece.Length)
        {
            Span<float> part = piece.AsSpan(0, (int)Math.Min(piece.Length, values - offset));
            other.Read(offset, part);
            Write(offset, part);
        }
    }

    public void Dispose()
    {
        ((IDisposable?)_memory)?.Dispose();
        _file?.Dispose();
    }

    private SafeFileHandle Guarded(Func<SafeFileHandle> open)
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Unusable(exception.Message, exception);
        }
    }

    private GateException Unusable(string what, Exception? cause) => GateException.Input(
        "GATE3093", $"The activations of calibration cannot be kept in {_path}: {what.TrimEnd('.')}.", new SourceLocation(_path),
        "Free space in the temporary folder (or name another one in TMPDIR), or calibrate on fewer or shorter samples.", cause);
}
