using System.Security.Cryptography;
using System.Text;

namespace Gate.Core.Caching;

/// <summary>
/// Append-only lines in a folder, each with a checksum of its own. Every writer has a file to itself, so that any number of processes can write at
/// the same time without locks; readers see all files. A line that was cut off by a kill, or in which a bit flipped, is not a line.
/// </summary>
/// <param name="folder">Absolute; made when the first line is written.</param>
public sealed class Journal(string folder) : IDisposable
{
    private const int ChecksumLength = 16;
    private readonly Lock _lock = new();
    private FileStream? _writer;

    /// <summary>Every intact line of every writer, and the number of lines that were not.</summary>
    public (List<string> Lines, int Damaged) Read()
    {
        List<string> lines = [];
        int damaged = 0;
        if (!Directory.Exists(folder))
            return (lines, 0);
        foreach (string file in Directory.EnumerateFiles(folder, "*.journal").Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                if (Unwrap(line) is { } payload)
                    lines.Add(payload);
                else
                    damaged++;
            }
        }

        return (lines, damaged);
    }

    /// <summary>Appends lines and hands them to the operating system before returning: they survive the end of this process.</summary>
    /// <param name="payloads">Texts without line breaks.</param>
    public void Append(IEnumerable<string> payloads)
    {
        var text = new StringBuilder();
        foreach (string payload in payloads)
            text.Append(Checksum(payload)).Append(' ').Append(payload).Append('\n');
        if (text.Length == 0)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        lock (_lock)
        {
            if (_writer is null)
            {
                Directory.CreateDirectory(folder);
                _writer = new FileStream(
                    Path.Combine(folder, $"{Guid.NewGuid():N}.journal"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            }

            _writer.Write(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private static string? Unwrap(string line)
    {
        if (line.Length <= ChecksumLength || line[ChecksumLength] != ' ')
            return null;
        string payload = line[(ChecksumLength + 1)..];
        return line.StartsWith(Checksum(payload), StringComparison.Ordinal) ? payload : null;
    }

    private static string Checksum(string payload) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(payload)))[..ChecksumLength];
}
