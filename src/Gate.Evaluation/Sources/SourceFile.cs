using System.Text;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>Reads the files of a task.</summary>
internal static class SourceFile
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A data file's bytes without a byte-order mark.</summary>
    /// <exception cref="GateException">Exit 4: missing, unreadable or empty.</exception>
    public static ReadOnlyMemory<byte> ReadData(string path)
    {
        string shown = DisplayPath.Of(path);
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = ReadWithoutMark(path);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Unreadable(path, exception);
        }

        return !bytes.IsEmpty ? bytes : throw GateException.Input(
            "GATE5011", $"the data file '{shown}' is empty", new SourceLocation(shown), "a task needs at least one item");
    }

    /// <summary>The error for a data file that cannot be read (exit 4).</summary>
    public static GateException Unreadable(string path, Exception exception)
    {
        string shown = DisplayPath.Of(path);
        return GateException.Input(
            "GATE5010", $"the task's data file '{shown}' cannot be read: {exception.Message}", new SourceLocation(shown),
            "check 'data' in the task file; it is relative to the task file's folder", exception);
    }

    /// <summary>A task or suite file's bytes without a byte-order mark.</summary>
    /// <exception cref="GateException">Exit 2: missing or unreadable.</exception>
    public static ReadOnlyMemory<byte> ReadDefinition(string path)
    {
        try
        {
            return ReadWithoutMark(path);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            string shown = DisplayPath.Of(path);
            throw new GateException(
                new Diagnostic(
                    "GATE5001", Severity.Error, $"the file '{shown}' cannot be read: {exception.Message}", new SourceLocation(shown),
                    "check the path; relative paths start at the folder of the file that names them"),
                ExitCode.InvalidUsage, exception);
        }
    }

    /// <summary>Bytes as text.</summary>
    /// <exception cref="GateException">Exit 4: not UTF-8; names the line.</exception>
    public static string DecodeText(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _strict.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            int line = bytes[..Math.Clamp(exception.Index, 0, bytes.Length)].Count((byte)'\n') + 1;
            string shown = DisplayPath.Of(path);
            throw GateException.Input(
                "GATE5017", $"'{shown}' is not UTF-8 text: byte {exception.Index} belongs to no character", new SourceLocation(shown, line),
                "convert the file to UTF-8", exception);
        }
    }

    private static ReadOnlyMemory<byte> ReadWithoutMark(string path)
    {
        byte[] bytes = RegularFile.ReadAllBytes(path);
        return bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
    }
}
