using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Models.Checkpoints;

/// <summary>
/// The identity of a checkpoint's weights. Each tensor's bytes are hashed on their own (in parallel); the result is the SHA-256 of one line per tensor
/// in name order, <c>length-of-name:name format shape hash</c>. Sharding and file order do not matter.
/// </summary>
internal static class WeightsHash
{
    private const int PieceBytes = 4 << 20;

    /// <summary>Lower-case hexadecimal SHA-256 of all stored tensors.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <param name="cancellationToken">Looked at after every 4 MiB.</param>
    public static string Compute(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        IReadOnlyList<TensorInfo> tensors = checkpoint.StoredTensors;
        string[] hashes = new string[tensors.Count];
        TensorSweep.Run(tensors, index => hashes[index] = HashOf(checkpoint, tensors[index], cancellationToken), cancellationToken);
        var lines = new StringBuilder();
        for (int i = 0; i < hashes.Length; i++)
        {
            string format = StoredFormats.NameOf(tensors[i].Format);
            lines.Append(CultureInfo.InvariantCulture, $"{tensors[i].Name.Length}:{tensors[i].Name} {format} {tensors[i].ShapeText} {hashes[i]}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    private static string HashOf(Checkpoint checkpoint, TensorInfo tensor, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < tensor.Length; offset += PieceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(PieceBytes, tensor.Length - offset);
            hash.AppendData(checkpoint.ReadRange(tensor, offset, count));
            checkpoint.ReleaseRange(tensor, offset, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
