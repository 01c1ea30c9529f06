using System.Text;

namespace Gate.Diagnostics;

/// <summary>
/// Reads files that other files name, or that lie in a folder. A named pipe in such a place would be waited for until somebody writes to it, a device read without
/// end: they are refused, as a <see cref="StorageFault"/>, before they are opened. What a user names on the command line may be a pipe.
/// </summary>
public static class RegularFile
{
    /// <summary>Refuses what is there and is no file; on systems that do not tell, nothing.</summary>
    /// <param name="path">Absolute, or relative to the working folder.</param>
    /// <returns>The path.</returns>
    /// <exception cref="IOException">A pipe, a device, a socket or a folder.</exception>
    public static string Require(string path) =>
        FileStatus.Of(path)?.OtherKind is { } kind ? throw new IOException($"'{path}' is {kind}, expected a file") : path;

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="Exception">A <see cref="StorageFault"/>.</exception>
    public static byte[] ReadAllBytes(string path) => File.ReadAllBytes(Require(path));

    /// <summary>The text of a file.</summary>
    /// <exception cref="Exception">A <see cref="StorageFault"/>.</exception>
    public static string ReadAllText(string path, Encoding encoding) => File.ReadAllText(Require(path), encoding);
}
