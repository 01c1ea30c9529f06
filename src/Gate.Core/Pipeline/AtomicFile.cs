using System.Text;
using Gate.Core.Configuration;
using Gate.Diagnostics;

namespace Gate.Core.Pipeline;

/// <summary>Files that are there as a whole or not at all: written to a temporary name, flushed, renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    /// <exception cref="GateException">Exit 4: the file cannot be written.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <exception cref="GateException">Exit 4: the file cannot be written.</exception>
    public static void Write(string path, byte[] bytes)
    {
        string temporary = $"{path}.{UniqueName.Next()}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            Discard(temporary);
            throw Unwritable(ConfigurationReader.Show(path, Directory.GetCurrentDirectory()), exception);
        }
    }

    /// <summary>Checks before any work that a file could be written to a folder, making the folder.</summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="shown">The folder as messages show it.</param>
    /// <param name="leavesFolder">Whether a folder that was made for the check stays.</param>
    /// <exception cref="GateException">Exit 4.</exception>
    public static void CheckWritable(string folder, string shown, bool leavesFolder = true)
    {
        try
        {
            List<string> made = [];
            for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
                made.Add(at);
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".gate-{UniqueName.Next()}.tmp");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            foreach (string each in leavesFolder ? [] : made)
                Directory.Delete(each);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Unwritable(shown, exception);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // The failure that led here is the one to report.
        }
    }

    private static GateException Unwritable(string shown, Exception exception) => GateException.Input(
        "GATE3101", $"'{shown}' cannot be written: {StorageFault.Words(exception)}",
        remedy: "free the place, fix its permissions, or choose another with output.path, reports.* or --report-dir", innerException: exception);
}
