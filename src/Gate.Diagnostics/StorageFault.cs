namespace Gate.Diagnostics;

/// <summary>Tells what the operating system would not do with a file or folder from every other exception. The one place that knows which exceptions those are.</summary>
public static class StorageFault
{
    /// <summary>Whether a file or folder could not be opened, listed, read, written, named or removed. A part of the program that could not be loaded is none: its
    /// exceptions have the same types, but are not about the file at hand.</summary>
    /// <param name="exception">What was thrown.</param>
    public static bool Is(Exception exception) => exception switch
    {
        FileNotFoundException or FileLoadException when AssemblyOf(exception) is not null => false,
        IOException or UnauthorizedAccessException => true,

        _ => IsTooLarge(exception),
    };

    /// <summary>What happened, in the system's words, which name the path where it knows one; without a full stop.</summary>
    /// <param name="exception">An exception of which <see cref="Is"/> holds.</param>
    public static string Words(Exception exception) =>
        IsTooLarge(exception) ? "the file would be larger than the file system or the limit of the process (ulimit -f) allows"
            : exception.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');

    /// <summary>Whether the process, or the system, may not open another file.</summary>
    /// <param name="exception">What was thrown.</param>
    // EMFILE and ENFILE on Unix, ERROR_TOO_MANY_OPEN_FILES on Windows.
    public static bool IsOutOfDescriptors(Exception exception) =>
        exception is IOException && (OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) == 4 : exception.HResult is 23 or 24);

    /// <summary>Whether the device failed, rather than the file being absent or forbidden.</summary>
    /// <param name="exception">What was thrown.</param>
    // EIO on Unix; on Windows ERROR_CRC, ERROR_SEEK, ERROR_NOT_DOS_DISK, ERROR_SECTOR_NOT_FOUND and ERROR_IO_DEVICE.
    public static bool IsFailingDevice(Exception exception) =>
        exception is IOException && (OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 23 or 25 or 26 or 27 or 1117 : exception.HResult == 5);

    /// <summary>The simple name of the assembly that could not be loaded, or null when the exception is about another file.</summary>
    /// <param name="exception">What was thrown.</param>
    public static string? AssemblyOf(Exception exception)
    {
        string? name = exception switch { FileNotFoundException missing => missing.FileName, FileLoadException load => load.FileName, _ => null };
        int end = name?.IndexOf(", Version=", StringComparison.Ordinal) ?? -1;
        return end < 0 ? null : name![..end];
    }

    // EFBIG, for which the runtime has no exception of its own.
    private static bool IsTooLarge(Exception exception) =>
        exception is ArgumentOutOfRangeException { ParamName: "value" } && exception.TargetSite?.DeclaringType?.Namespace == "System.IO";
}
