using System.Text;
using Gate.Diagnostics;

namespace Gate.Core.Caching;

/// <summary>
/// Append-only lines in a folder, each with a checksum or a code of its own. Every writer has a file to itself, so that any number of processes can write at
/// the same time without locks; readers see all files. A line that was cut off by a kill, or in which a bit flipped, is not a line; nor is one that others
/// may have written (<see cref="CacheSeal"/>).
/// </summary>
/// <param name="folder">Absolute, as <c>CACHE/KIND/NAME</c>; made when the first line is written.</param>
/// <param name="seal">What is believed; null: <see cref="CacheSeal.Unkeyed"/>.</param>
/// <param name="distrusted">Told why something that is there is not believed, or null.</param>
public sealed class Journal(string folder, CacheSeal? seal = null, Action<string>? distrusted = null) : IDisposable
{
    private readonly CacheSeal _seal = seal ?? CacheSeal.Unkeyed;
    private readonly string _place = $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}";
    private readonly Lock _lock = new();
    private FileStream? _writer;

    /// <summary>Every intact line of every writer, and the number of lines or files that could not be read. Marks the folder as used now.</summary>
    public (List<string> Lines, int Damaged) Read()
    {
        (List<string> lines, int damaged) = Check();
        if (lines.Count > 0)
            MarkUsed();
        return (lines, damaged);
    }

    /// <summary>The same without marking the folder as used.</summary>
    public (List<string> Lines, int Damaged) Check()
    {
        List<string> read = [];
        int damaged = 0;
        string? foreign = DistrustOfFolders();
        foreach (string file in Files(folder))
        {
            try
            {
                if ((foreign ?? _seal.Distrust(file)) is { } reason)
                {
                    distrusted?.Invoke(reason);
                    damaged++;
                    continue;
                }

                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream, Encoding.UTF8);
                while (reader.ReadLine() is { } line)
                    read.Add(line);
            }
            catch (FileNotFoundException)
            {
                // Another process pruned the cache in this moment: as if it had never been there.
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                // What cannot be read is a miss, as what was damaged is.
                damaged++;
            }
        }

        var payloads = new string?[read.Count];
        Parallel.For(0, payloads.Length, i => payloads[i] = _seal.Unwrap(_place, read[i]));
        List<string> lines = [.. payloads.OfType<string>()];
        return (lines, damaged + payloads.Length - lines.Count);
    }

    /// <summary>The files of a folder's writers in a fixed order; none when the folder is not there or cannot be listed.</summary>
    internal static IReadOnlyList<string> Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.journal").Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            return [];
        }
    }

    /// <summary>Appends lines and hands them to the operating system before returning: they survive the end of this process.</summary>
    /// <param name="payloads">Texts without line breaks.</param>
    /// <exception cref="Exception">A <see cref="StorageFault"/>: the disk is full, or the folder cannot be written. What was appended before stays readable, and a later call
    /// starts a file of its own.</exception>
    public void Append(IEnumerable<string> payloads)
    {
        var text = new StringBuilder();
        foreach (string payload in payloads)
            text.Append(_seal.Wrap(_place, payload)).Append('\n');
        if (text.Length == 0)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        lock (_lock)
        {
            if (_writer is null)
            {
                OwnFiles.CreateFolder(folder);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
                if (!OperatingSystem.IsWindows())
                    options.UnixCreateMode = OwnFiles.FileMode;
                _writer = new FileStream(Path.Combine(folder, $"{UniqueName.Next()}.journal"), options);
            }

            try
            {
                _writer.Write(bytes);
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                // Part of a line may stand at the end of this file; the next line must not be glued to it.
                _writer.Dispose();
                _writer = null;
                throw;
            }
        }
    }

    /// <summary>Appends one line of which only time is lost when it cannot be written.</summary>
    public void TryAppend(string payload)
    {
        try
        {
            Append([payload]);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // The next run finds out again what this one knew.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    // Of the entry, its kind and the cache: whoever may write one of them may put whole files of others there.
    private string? DistrustOfFolders()
    {
        string? foreign = null;
        string? at = folder;
        for (int level = 0; level < 3 && at is not null && foreign is null; level++, at = Path.GetDirectoryName(at))
            foreign = _seal.Distrust(at);
        return foreign;
    }

    // The time of the folder says when its lines were last of use, so that a full cache gives up the others first.
    private void MarkUsed()
    {
        try
        {
            Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // A read-only cache is of use too; it cannot be pruned either.
        }
    }
}
