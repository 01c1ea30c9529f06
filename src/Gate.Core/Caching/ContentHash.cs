using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Core.Caching;

/// <summary>SHA-256 over a list of texts; each is preceded by its length, so that no two lists share bytes.</summary>
public static class ContentHash
{
    /// <summary>Lower-case hexadecimal.</summary>
    public static string Of(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
