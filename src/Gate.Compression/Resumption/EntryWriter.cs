using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gate.Compression.Resumption;

/// <summary>Writes the bytes of one entry behind those of the entries before it.</summary>
/// <param name="files">Where to.</param>
/// <param name="offset">Where its bytes begin.</param>
internal sealed class EntryWriter(LayerFiles files, long offset) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Where its bytes begin.</summary>
    public long Offset => offset;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes values.</summary>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        _hash.AppendData(bytes);
        files.Write(offset + Length, bytes);
        Length += bytes.Length;
    }

    /// <summary>SHA-256 of all that was written, lower-case hexadecimal.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
