using System.Runtime.InteropServices;

namespace Gate.Models.Checkpoints;

/// <summary>
/// Pages of a file that were read through a map stay in the process as long as nobody else wants the memory, and count as its own: a checkpoint that
/// was read once would look, and on a limited machine be, as large as its files.
/// </summary>
internal static unsafe partial class MappedPages
{
    // MADV_DONTNEED, the same number on Linux and macOS. The pages of a file are clean: nothing is lost.
    private const int DoNotNeed = 4;

    /// <summary>Gives back the pages that touch a range of a mapped file. Where the system has no such call, nothing happens.</summary>
    public static void Release(byte* start, long count)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint first = (nuint)start & ~(page - 1);
        _ = Advise((void*)first, (nuint)start + (nuint)count - first, DoNotNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
