using System.Buffers;

namespace Gate.Models.Gguf.Writing;

/// <summary>Writes one GGUF file, version 3, little-endian: counts, keys, descriptions of tensors, then the tensors, each at a multiple of the alignment.</summary>
internal static class GgufWriter
{
    /// <summary>What every tensor's offset is a multiple of.</summary>
    public const int Alignment = 32;

    private const uint Version = 3;

    /// <summary>A length with the padding behind it.</summary>
    public static long Aligned(long length) => checked((length + Alignment - 1) / Alignment * Alignment);

    /// <summary>Bytes before the first tensor.</summary>
    public static long HeaderBytes(IReadOnlyList<GgufKeys> keys, IReadOnlyList<GgufTensorToWrite> tensors) => Header(keys, tensors).Length;

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="keys">The keys, in parts.</param>
    /// <param name="tensors">The tensors in file order.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than its shape says.</exception>
    public static void Write(Stream stream, IReadOnlyList<GgufKeys> keys, IReadOnlyList<GgufTensorToWrite> tensors, CancellationToken cancellationToken)
    {
        stream.Write(Header(keys, tensors));
        foreach (GgufTensorToWrite tensor in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = stream.Position;
            tensor.Write(stream);
            long written = stream.Position - start;
            if (written != tensor.Length)
                throw new InvalidOperationException($"Tensor '{tensor.Name}' wrote {written} bytes; its shape and format need {tensor.Length}.");
            Pad(stream, Aligned(written) - written);
        }
    }

    private static byte[] Header(IReadOnlyList<GgufKeys> keys, IReadOnlyList<GgufTensorToWrite> tensors)
    {
        ArrayBufferWriter<byte> header = new();
        header.Write("GGUF"u8);
        GgufKeys.PutUInt32(header, Version);
        GgufKeys.PutUInt64(header, (ulong)tensors.Count);
        GgufKeys.PutUInt64(header, (ulong)keys.Sum(part => part.Count));
        foreach (GgufKeys part in keys)
            header.Write(part.Bytes);
        long offset = 0;
        foreach (GgufTensorToWrite tensor in tensors)
        {
            GgufKeys.PutText(header, tensor.Name);
            GgufKeys.PutUInt32(header, (uint)tensor.Shape.Length);
            for (int i = tensor.Shape.Length - 1; i >= 0; i--)
                GgufKeys.PutUInt64(header, (ulong)tensor.Shape[i]);
            GgufKeys.PutUInt32(header, (uint)tensor.Format);
            GgufKeys.PutUInt64(header, (ulong)offset);
            offset = checked(offset + Aligned(tensor.Length));
        }

        byte[] padded = new byte[Aligned(header.WrittenCount)];
        header.WrittenSpan.CopyTo(padded);
        return padded;
    }

    private static void Pad(Stream stream, long count)
    {
        for (; count > 0; count--)
            stream.WriteByte(0);
    }
}
