using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Compression.Pruning;

/// <summary>Seeds of independent draws: each layer draws on its own, whatever the order in which layers are compressed.</summary>
internal static class PruningSeed
{
    /// <summary>The seed of one draw.</summary>
    /// <param name="name">What is drawn for.</param>
    /// <param name="seed">The recipe's seed.</param>
    public static ulong Of(string name, long seed) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) ^ (ulong)seed;
}
