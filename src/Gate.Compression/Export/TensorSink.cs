using System.Security.Cryptography;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>Where a tensor's bytes go: the file, and a hash that the reopened file is later held against.</summary>
internal sealed class TensorSink(Stream stream) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _hash.AppendData(bytes);
    }

    public WrittenTensor Finish(NumberFormat format, IReadOnlyList<long> shape) => new(format, shape, Convert.ToHexStringLower(_hash.GetHashAndReset()));

    public void Dispose() => _hash.Dispose();
}
