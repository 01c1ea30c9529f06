using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gate.Diagnostics;

/// <summary>What Linux knows of a file or folder and .NET does not tell; links are followed.</summary>
/// <param name="Owner">User id of the owner.</param>
/// <param name="Mode">Kind and permissions (<c>st_mode</c>).</param>
/// <param name="Inode">Inode.</param>
/// <param name="ChangeSeconds">Time of the last change of any kind, in seconds since 1970: a write leaves its mark there even when the time of writing is set back.</param>
/// <param name="ChangeNanoseconds">The rest of that time.</param>
public sealed record FileStatus(uint Owner, ushort Mode, ulong Inode, long ChangeSeconds, uint ChangeNanoseconds)
{
    private const int WorkingFolder = -100;
    private const uint BasicFields = 0x07FF;
    private const int KindMask = 0xF000;

    /// <summary>What the kind in <see cref="Mode"/> is called; null for a file.</summary>
    public string? OtherKind => (Mode & KindMask) switch
    {
        0x8000 => null,
        0x4000 => "a folder",
        0x1000 => "a named pipe",
        0x2000 or 0x6000 => "a device",
        0xC000 => "a socket",
        _ => "no file",
    };

    /// <summary>Whether the group may write.</summary>
    public bool IsWritableByGroup => (Mode & 0x10) != 0;

    /// <summary>Whether everybody may write.</summary>
    public bool IsWritableByAll => (Mode & 0x02) != 0;

    /// <summary>Whether only their owners may remove or rename what is in a folder.</summary>
    public bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>The status, or null where there is no such file, and on every system but Linux.</summary>
    /// <param name="path">Absolute.</param>
    public static FileStatus? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            // The layout of struct statx is the same on every architecture.
            byte[] status = new byte[256];
            return Statx(WorkingFolder, path, 0, BasicFields, status) != 0 ? null : new FileStatus(
                BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(20)), BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(28)),
                BinaryPrimitives.ReadUInt64LittleEndian(status.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(status.AsSpan(96)),
                BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(104)));
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
