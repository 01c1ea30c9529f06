using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>One safetensors file, checked and memory-mapped.</summary>
/// <param name="File">The open file.</param>
/// <param name="Tensors">The tensors, in the order of their bytes.</param>
internal sealed record SafetensorsFile(MappedFile File, ImmutableArray<TensorInfo> Tensors)
{
    /// <summary>Opens a file and checks its whole header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in <see cref="TensorInfo.File"/>.</param>
    /// <exception cref="GateException">Exit 4: unreadable or malformed.</exception>
    public static SafetensorsFile Open(string path, string name)
    {
        var file = MappedFile.Open(path, name);
        try
        {
            return new SafetensorsFile(file, ReadHeader(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ImmutableArray<TensorInfo> ReadHeader(MappedFile file)
    {
        if (file.Length < SafetensorsHeader.PrefixLength)
            throw SafetensorsDiagnostics.Truncated(file.Path, "8 bytes of header length", file.Length);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file.Read(0, SafetensorsHeader.PrefixLength));
        if (headerLength > (ulong)SafetensorsHeader.MaximumLength)
            throw SafetensorsDiagnostics.HeaderTooLong(file.Path, headerLength, SafetensorsHeader.MaximumLength);
        if ((long)headerLength > file.Length - SafetensorsHeader.PrefixLength)
            throw SafetensorsDiagnostics.Truncated(file.Path, $"8 bytes of length and {headerLength} bytes of header", file.Length);

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)headerLength);
        try
        {
            Memory<byte> header = buffer.AsMemory(0, (int)headerLength);
            file.Read(SafetensorsHeader.PrefixLength, header.Length).CopyTo(header.Span);
            return SafetensorsHeader.Parse(file.Path, file.Name, header, file.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
