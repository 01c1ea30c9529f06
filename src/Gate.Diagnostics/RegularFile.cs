using System.Text;

namespace Gate.Diagnostics;

/// <summary>
/// Reads files that other files name, or that lie in a folder. A named pipe in such a place would be waited for until somebody writes to it, a device read without
/// end: they are refused, as a <see cref="StorageFault"/>, before they are opened. What a user names on the command line may be a pipe.
/// </summary>
public static class RegularFile
{
    // A pointer of Git LFS is a text of three lines that begins so.
    private const int LongestPointer = 1024;

    private static ReadOnlySpan<byte> PointerStart => "version https://git-lfs.github.com/spec/"u8;

    /// <summary>Refuses what is there and is no file (on systems that do not tell, nothing), and a file whose contents were never fetched.</summary>
    /// <param name="path">Absolute, or relative to the working folder.</param>
    /// <returns>The path.</returns>
    /// <exception cref="IOException">A pipe, a device, a socket or a folder, or a pointer of Git LFS.</exception>
    public static string Require(string path)
    {
        if (FileStatus.Of(path)?.OtherKind is { } kind)
            throw new IOException($"'{path}' is {kind}, expected a file");
        return IsPointer(path) ? throw new IOException($"'{path}' is a pointer of Git LFS, the file itself was not fetched; run 'git lfs pull' in the repository it lies in") : path;
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="Exception">A <see cref="StorageFault"/>.</exception>
    public static byte[] ReadAllBytes(string path) => File.ReadAllBytes(Require(path));

    private static bool IsPointer(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length > LongestPointer || file.Length < PointerStart.Length)
            return false;
        Span<byte> start = stackalloc byte[PointerStart.Length];
        using FileStream stream = file.OpenRead();
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(PointerStart);
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="Exception">A <see cref="StorageFault"/>.</exception>
    public static string ReadAllText(string path, Encoding encoding) => File.ReadAllText(Require(path), encoding);
}
