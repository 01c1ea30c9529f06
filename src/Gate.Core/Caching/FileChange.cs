using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gate.Core.Caching;

/// <summary>Inode and time of the last status change of a file on Linux: a write leaves its mark there even when the time of writing is set back.</summary>
internal static class FileChange
{
    private const int WorkingFolder = -100;
    private const uint InodeAndChangeTime = 0x0100 | 0x0080;

    /// <summary>A text that differs after every change, or an empty one where the system does not tell.</summary>
    /// <param name="path">Absolute; links are followed.</param>
    public static string Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return "";
        try
        {
            // The layout of struct statx is the same on every architecture: inode at 32, change time at 96 (seconds) and 104 (nanoseconds).
            byte[] status = new byte[256];
            return Statx(WorkingFolder, path, 0, InodeAndChangeTime, status) != 0 ? "" : string.Join(
                ' ', BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(status.AsSpan(96)),
                BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(104)));
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
