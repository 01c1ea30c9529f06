using System.Runtime.InteropServices;
using Gate.Diagnostics;

namespace Gate.Core.Caching;

/// <summary>Files and folders that nobody but this user (and the administrator) can have written. Windows keeps a user's folders to the user by itself.</summary>
internal static class OwnFiles
{
    /// <summary>Mode of a file that others may read: permissions for them beyond the process's mask are not added.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Why others may have written a file, or what is in a folder; null when they cannot have, and when there is nothing.</summary>
    /// <param name="path">Absolute. A folder in which only owners may remove and rename (sticky) is as good as one that others cannot write.</param>
    /// <param name="trustsGroup">Whether the file's group may write: what a user makes is so on many systems, where every user has a group to himself.</param>
    public static string? Distrust(string path, bool trustsGroup = false)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
            return null;
        if (FileStatus.Of(path) is { } status)
        {
            return status.OtherKind is not (null or "a folder") ? $"'{path}' is {status.OtherKind}"
                : status.Owner != 0 && status.Owner != EffectiveUser() ? $"'{path}' belongs to another user"
                : (status.IsWritableByAll || (status.IsWritableByGroup && !trustsGroup)) && !(status.OtherKind is not null && status.IsSticky) ? $"users beside its owner may write '{path}'"
                : null;
        }

        // Without the owner, which only Linux tells.
        UnixFileMode mode = File.GetUnixFileMode(path);
        bool isOpen = mode.HasFlag(UnixFileMode.OtherWrite) || (mode.HasFlag(UnixFileMode.GroupWrite) && !trustsGroup);
        return isOpen && !(Directory.Exists(path) && mode.HasFlag(UnixFileMode.StickyBit)) ? $"users beside its owner may write '{path}'" : null;
    }

    /// <summary>Makes a folder, and those above it, that only its owner may write, whatever the process's mask says.</summary>
    /// <param name="path">Absolute.</param>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (Path.GetDirectoryName(path) is { } parent)
            CreateFolder(parent);
        Directory.CreateDirectory(path, FolderMode);
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
