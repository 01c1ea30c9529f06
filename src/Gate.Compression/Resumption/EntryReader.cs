using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gate.Compression.Resumption;

/// <summary>Reads the bytes of one entry, one piece after the other.</summary>
/// <param name="files">Where from.</param>
/// <param name="entry">The entry.</param>
internal sealed class EntryReader(LayerFiles files, JournalEntry entry)
{
    private long _done;

    /// <summary>Bytes not read yet.</summary>
    public long Left => entry.Length - _done;

    /// <summary>Whether the bytes have the hash the entry states; reads none of them for <see cref="Read"/>.</summary>
    /// <param name="piece">A buffer.</param>
    public bool HasHash(byte[] piece)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long done = 0; done < entry.Length; done += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, entry.Length - done));
            files.Read(entry.Offset + done, bytes);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Hash;
    }

    /// <summary>Fills an array with the next bytes and returns it.</summary>
    public T[] Read<T>(T[] destination)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(destination.AsSpan());
        files.Read(entry.Offset + _done, bytes);
        _done += bytes.Length;
        return destination;
    }
}
