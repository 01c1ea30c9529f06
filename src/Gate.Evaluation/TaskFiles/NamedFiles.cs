using Gate.Diagnostics;
using Gate.Evaluation.Sources;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The files that a task file names: of its folder, or of the configuration's. A task file made by somebody else shall not pull any file of the machine into a report.</summary>
/// <param name="TaskFolder">Absolute folder of the task file, which relative paths start from.</param>
/// <param name="Within">Absolute folder whose files may be named as well, or null where every file may be.</param>
/// <param name="DataFolder">Absolute folder of published data sets, or null when none is named.</param>
internal sealed record NamedFiles(string TaskFolder, string? Within, string? DataFolder)
{
    private const int MostLinks = 40;

    /// <summary>The absolute path of a file that a key names.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value, a text.</param>
    /// <exception cref="GateException">Exit 2 (GATE5018): outside both folders, also by a link.</exception>
    public string Resolve(string key, LocatedValue value)
    {
        if (value.Text.StartsWith(DataSource.DataFolder, StringComparison.Ordinal))
            return InDataFolder(key, value);
        string path = Path.GetFullPath(value.Text, TaskFolder);
        if (Within is null)
            return path;
        string target = Target(path);
        return IsBelow(target, TaskFolder) || IsBelow(target, Within) ? path : throw GateException.Usage(
            "GATE5018", $"'{key}' names a file outside the folder of the task file and of the configuration: '{value.Text}'{(target == path ? "" : $", which leads to '{target}'")}",
            value.Location, "move the file below one of them, or set suite.allowOutsideData to true if you trust this task file");
    }

    // The folder is the user's own, so links in it are theirs. Without one the path stays as it is, for whoever opens it to say what is missing.
    private string InDataFolder(string key, LocatedValue value)
    {
        if (DataFolder is null)
            return value.Text;
        string path = Path.GetFullPath(value.Text[DataSource.DataFolder.Length..], DataFolder);
        return path.StartsWith(Path.TrimEndingDirectorySeparator(DataFolder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw GateException.Usage(
            "GATE5018", $"'{key}' names a file outside the folder of data sets: '{value.Text}'", value.Location, "name a file below that folder");
    }

    private static bool IsBelow(string target, string folder)
    {
        string relative = Path.GetRelativePath(Target(folder), target);
        return relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    // The path without links, as far as there is something; what is missing or cannot be read is told by whoever opens it.
    private static string Target(string path)
    {
        string root = Path.GetPathRoot(path)!;
        Stack<string> open = new(Parts(path, root).Reverse());
        string found = root;
        for (int links = 0; open.TryPop(out string? name);)
        {
            if (name == "..")
            {
                found = Path.GetDirectoryName(found) ?? root;
                continue;
            }

            string next = Path.Combine(found, name);
            if (LinkOf(next) is not { } link || ++links > MostLinks)
            {
                found = next;
                continue;
            }

            found = Path.IsPathRooted(link) ? root : found;
            foreach (string part in Parts(link, Path.GetPathRoot(link)!).Reverse())
                open.Push(part);
        }

        return found;
    }

    private static IEnumerable<string> Parts(string path, string root) =>
        path[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            return null;
        }
    }
}
