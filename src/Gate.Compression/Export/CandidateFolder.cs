using System.Globalization;
using Gate.Diagnostics;

namespace Gate.Compression.Export;

/// <summary>
/// The folder of a candidate. Everything is written to a temporary sibling, which takes the final name only when it is complete and verified; an
/// earlier candidate stays in place until then. A folder that holds anything but a candidate of Gate is never touched.
/// </summary>
internal sealed class CandidateFolder : IDisposable
{
    private const string PartialExtension = ".partial";

    // Held open while its process lives; a killed one leaves the file, and anybody can open it.
    private const string OwnerExtension = ".owner";

    // An earlier candidate while the new one takes its place.
    private const string ReplacedExtension = ".old";

    private readonly string _final;
    private FileStream? _owned;
    private bool _published;

    private CandidateFolder(string final)
    {
        _final = final;
        string parent = Path.GetDirectoryName(final) ?? final;
        Temporary = Path.Combine(parent, $".{Path.GetFileName(final)}.{Environment.ProcessId}{PartialExtension}");
        Guard(final, () =>
        {
            Directory.CreateDirectory(parent);
            MendAbandoned(parent);
            if (Directory.Exists(Temporary))
                Directory.Delete(Temporary, recursive: true);
            _owned = new FileStream(Temporary + OwnerExtension, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            Directory.CreateDirectory(Temporary);
        });
    }

    /// <summary>Where to write.</summary>
    public string Temporary { get; }

    /// <summary>Where layers wait that outlive a killed process: the same for every compression to this destination.</summary>
    public string Resumption => Path.Combine(Path.GetDirectoryName(_final) ?? _final, $".{Path.GetFileName(_final)}.resume");

    /// <summary>Checks the destination and makes the temporary folder.</summary>
    /// <param name="output">Final path.</param>
    /// <param name="denseFolder">The dense model's folder, which must not be overwritten.</param>
    /// <exception cref="GateException">Exit 2: occupied (GATE4030) or the dense model's own (GATE4031). Exit 4: cannot be written (GATE4032).</exception>
    public static CandidateFolder Prepare(string output, string denseFolder)
    {
        string final = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        string dense = Path.TrimEndingDirectorySeparator(Path.GetFullPath(denseFolder));
        if (final == dense || dense.StartsWith(final.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw GateException.Usage(
                "GATE4031", $"The output folder {output} is or contains the dense model {denseFolder}.", remedy: "Write the candidate to a folder of its own.");
        }

        if (File.Exists(final))
            throw Occupied(output, "a file of that name");
        Guard(output, () => EnsureReplaceable(output, final));
        return new CandidateFolder(final);
    }

    /// <summary>All files of a folder by their paths in it, in order.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => NameIn(folder, path)).Order(StringComparer.Ordinal);

    /// <summary>A path as one inside a folder, the same on every system.</summary>
    public static string NameIn(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Copies a file of the dense model.</summary>
    public void CopyFrom(string denseFolder, string name) => Guard(_final, () =>
    {
        string copy = Path.Combine(Temporary, name);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(RegularFile.Require(Path.Combine(denseFolder, name)), copy, overwrite: false);
    });

    /// <summary>Writes a small file.</summary>
    public void Write(string name, ReadOnlyMemory<byte> contents) => Guard(_final, () =>
    {
        using FileStream stream = new(Path.Combine(Temporary, name), FileMode.CreateNew, FileAccess.Write);
        stream.Write(contents.Span);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Gives the folder its final name; an earlier candidate is removed after that.</summary>
    public void Publish() => Guard(_final, () =>
    {
        string replaced = Temporary + ReplacedExtension;
        bool replaces = Directory.Exists(_final);
        if (replaces)
            Directory.Move(_final, replaced);
        try
        {
            Directory.Move(Temporary, _final);
        }
        catch (Exception exception) when (replaces && StorageFault.Is(exception))
        {
            Directory.Move(replaced, _final);
            throw;
        }

        _published = true;
        if (replaces)
            Directory.Delete(replaced, recursive: true);
    });

    /// <summary>Removes the temporary folder of a run that did not finish.</summary>
    public void Dispose()
    {
        try
        {
            if (!_published)
                Directory.Delete(Temporary, recursive: true);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // The failure that led here is the one to report.
        }
        finally
        {
            _owned?.Dispose();
        }
    }

    // What processes that were killed left of this candidate: unfinished ones, which may be as large as the model, and an earlier candidate that
    // was moved aside. That one returns when no other took its place.
    private void MendAbandoned(string parent)
    {
        string start = $".{Path.GetFileName(_final)}.";
        string pattern = start + "*" + PartialExtension;
        string[] abandoned =
        [
            .. Directory.GetFiles(parent, pattern + OwnerExtension).Select(owner => owner[..^OwnerExtension.Length]),
            .. Directory.GetDirectories(parent, pattern + ReplacedExtension).Select(replaced => replaced[..^ReplacedExtension.Length]),
        ];
        foreach (string folder in abandoned.Distinct(StringComparer.Ordinal).Where(path => IsOfProcess(Path.GetFileName(path), start)))
        {
            try
            {
                using FileStream mine = new(folder + OwnerExtension, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                string replaced = folder + ReplacedExtension;
                if (Directory.Exists(replaced) && !Directory.Exists(_final))
                    Directory.Move(replaced, _final);
                if (Directory.Exists(replaced))
                    Directory.Delete(replaced, recursive: true);
                if (Directory.Exists(folder))
                    Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                // Its process lives, or another one removes it at this moment.
            }
        }
    }

    // A candidate named `a` must not take those of one named `a.b` for its own.
    private static bool IsOfProcess(string name, string start) => int.TryParse(
        name.AsSpan(start.Length, name.Length - start.Length - PartialExtension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void Guard(string output, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw GateException.Input(
                "GATE4032", $"The candidate cannot be written to {output}: {StorageFault.Words(exception)}", new SourceLocation(output),
                "Choose a folder you may write to, on a disk with room for the candidate.", exception);
        }
    }

    private static void EnsureReplaceable(string output, string final)
    {
        if (!Directory.Exists(final))
            return;
        string[] entries = [.. Directory.EnumerateFileSystemEntries(final).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (entries.Length == 0)
            return;
        if (!entries.Contains(SidecarFile.Name))
            throw Occupied(output, entries[0]);

        HashSet<string> own = [.. SidecarFile.ReadFileNames(final), SidecarFile.Name];
        string? foreign = FilesOf(final).FirstOrDefault(file => !own.Contains(file)) ?? entries.FirstOrDefault(entry => IsEmptyFolder(Path.Combine(final, entry)));
        if (foreign is not null)
            throw Occupied(output, foreign);
    }

    private static bool IsEmptyFolder(string path) => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any();

    private static GateException Occupied(string output, string found) => GateException.Usage(
        "GATE4030", $"The output folder {output} holds something that is not a candidate of Gate (found {found}); it is left alone.",
        remedy: "Choose another output folder, or move its contents away.");
}
