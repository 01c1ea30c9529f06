using Gate.Diagnostics;

namespace Gate.Models.Checkpoints;

/// <summary>
/// Files of one folder that appear together: each is written under a temporary name and flushed to the disk; <see cref="Publish"/> renames them. What is
/// not published is deleted. Trouble with the folder or the disk becomes a refusal that names the path.
/// </summary>
internal sealed class PendingFiles(string folder) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly List<(string Temporary, string Name)> _written = [];

    /// <summary>Writes one file under a temporary name, through to the disk.</summary>
    /// <param name="name">The name it will have.</param>
    /// <param name="write">Writes its contents.</param>
    public void Write(string name, Action<Stream> write) => Guard(Path.Combine(folder, name), () =>
    {
        string temporary = Path.Combine(folder, $".{name}.{Environment.ProcessId}.tmp");
        _written.Add((temporary, name));
        using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
        write(stream);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Gives every file its final name and removes what else matches.</summary>
    /// <param name="isReplaced">Whether a file of that name belonged to what these files replace.</param>
    public void Publish(Func<string, bool> isReplaced)
    {
        // The last file is the index, which makes the others count: the old entry points go first, the new one comes last.
        HashSet<string> names = [.. _written.Select(file => file.Name)];
        Guard(folder, () =>
        {
            foreach (string path in Directory.EnumerateFiles(folder).Where(path => isReplaced(Path.GetFileName(path)) && !names.Contains(Path.GetFileName(path))))
                File.Delete(path);
        });
        foreach ((string temporary, string name) in _written)
            Guard(Path.Combine(folder, name), () => File.Move(temporary, Path.Combine(folder, name), overwrite: true));
        _written.Clear();
    }

    /// <summary>Deletes what was not published.</summary>
    public void Dispose()
    {
        foreach ((string temporary, _) in _written)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                // The cause is already on its way to the user; a left-over temporary file is never read.
            }
        }
    }

    private static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw Refused(path, exception);
        }
    }

    private static GateException Refused(string path, Exception exception)
    {
        // ENOSPC and EDQUOT on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
        bool isFull = (exception.HResult & 0xFFFF) is 28 or 122 or 112 or 39;
        return isFull
            ? GateException.Input(
                "GATE3031",
                $"{path}: expected room for the checkpoint, found the disk full: {StorageFault.Words(exception)}.",
                new SourceLocation(path),
                "Free some space or write to another disk; the temporary files were removed.",
                exception)
            : GateException.Input(
                "GATE3030",
                $"{path}: expected a folder that can be written, found: {StorageFault.Words(exception)}.",
                new SourceLocation(path),
                "Create the folder, or choose one you may write to.",
                exception);
    }
}
