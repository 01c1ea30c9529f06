using System.Security.Cryptography;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>What was written for a tensor.</summary>
/// <param name="Format">Element format.</param>
/// <param name="Shape">Extents, slowest first.</param>
/// <param name="Hash">SHA-256 of the bytes, lower-case hexadecimal.</param>
internal sealed record WrittenTensor(NumberFormat Format, IReadOnlyList<long> Shape, string Hash)
{
    private const long PieceBytes = 8 << 20;

    /// <summary>Rows of a tensor in pieces of some megabytes.</summary>
    public static IEnumerable<(long FirstRow, long Rows)> Pieces(TensorInfo tensor)
    {
        long rowBytes = Math.Max(1, tensor.RowLength * tensor.ElementSize);
        long rowsAtOnce = Math.Max(1, PieceBytes / rowBytes);
        for (long row = 0; row < tensor.RowCount && tensor.Length > 0; row += rowsAtOnce)
            yield return (row, Math.Min(rowsAtOnce, tensor.RowCount - row));
    }

    /// <summary>The hash of a tensor as a checkpoint on disk holds it.</summary>
    public static string HashOf(Model checkpoint, TensorInfo tensor)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((long firstRow, long rows) in Pieces(tensor))
            hash.AppendData(checkpoint.Checkpoint.ReadBytes(tensor, firstRow, rows));
        checkpoint.Checkpoint.Release(tensor);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
