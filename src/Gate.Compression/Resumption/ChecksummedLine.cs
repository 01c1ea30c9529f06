using System.Security.Cryptography;
using System.Text;

namespace Gate.Compression.Resumption;

/// <summary>A line of a journal: a checksum, a blank, a text. A line that was cut off by a kill, or in which a bit flipped, is not a line.</summary>
public static class ChecksummedLine
{
    private const int ChecksumLength = 16;

    /// <summary>The line of a text without line breaks.</summary>
    public static string Wrap(string payload) => $"{Checksum(payload)} {payload}";

    /// <summary>The text of a line, or null when it is not whole.</summary>
    public static string? Unwrap(string line)
    {
        if (line.Length <= ChecksumLength || line[ChecksumLength] != ' ')
            return null;
        string payload = line[(ChecksumLength + 1)..];
        return line.StartsWith(Checksum(payload), StringComparison.Ordinal) ? payload : null;
    }

    private static string Checksum(string payload) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(payload)))[..ChecksumLength];
}
