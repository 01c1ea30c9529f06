using Microsoft.Win32.SafeHandles;

namespace Gate.Tool.CommandLine;

/// <summary>
/// File descriptors held from the start of the process, so that some are left to tell that none is left: the runtime opens a file for every part of the program
/// it loads, and what tells of an error is loaded when there is one.
/// </summary>
internal static class SpareDescriptors
{
    // What a message, the JUnit file and the summary load, and room to write them.
    private const int Held = 40;

    // What any command loads before it has read a model.
    private const int Started = 80;

    private static readonly List<SafeFileHandle> s_held = new(Held + Started);

    /// <summary>Takes them. False, and none is held, where there are not that many and those the program itself needs beside them: then there is no sense in starting.</summary>
    public static bool TryTake()
    {
        // Windows has no limit that a program would meet.
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            while (s_held.Count < Held + Started)
                s_held.Add(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            Release(Started);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // EMFILE or ENFILE. A system without a null device, or one that keeps it closed, has none to spare, which is no reason not to start. Told here
            // and not by StorageFault, because another part of the program would have to be loaded for that.
            Release();
            return exception.HResult is not (23 or 24);
        }
    }

    /// <summary>Gives them back, before an error is told.</summary>
    public static void Release() => Release(Held + Started);

    private static void Release(int most)
    {
        lock (s_held)
        {
            for (; most > 0 && s_held.Count > 0; most--)
            {
                s_held[^1].Dispose();
                s_held.RemoveAt(s_held.Count - 1);
            }
        }
    }
}
