using Gate.Diagnostics;

namespace Gate.Core.Caching;

/// <summary>
/// A cheap identity of a model folder's files: path, size, times of writing, of birth and (where the system tells) of the last change of any kind, which
/// no program can set back. Links are followed. Equal fingerprints mean that no file was written in between, so that a hash computed then still holds.
/// </summary>
internal static class FolderFingerprint
{
    /// <summary>File systems stamp changes with the clock of their last tick; a file this old cannot change again within the same tick.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Extensions = [".json", ".safetensors", ".model", ".txt", ".gguf", ".jinja"];

    /// <summary>The fingerprint, after waiting until every file is older than one tick of the file system's clock.</summary>
    /// <param name="model">Absolute path of a model folder, or of a model in one file.</param>
    /// <param name="clock">The clock.</param>
    public static string Of(string model, TimeProvider clock)
    {
        string folder = File.Exists(model) ? Path.GetDirectoryName(model)! : model;
        (string Name, FileInfo Target)[] files = [.. new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => (file.Name, file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file))];
        TimeSpan age = files.Length == 0 ? Tick : clock.GetUtcNow().UtcDateTime - files.Max(file => file.Target.LastWriteTimeUtc);
        if (age >= TimeSpan.Zero && age < Tick)
            Thread.Sleep(Tick - age);
        return ContentHash.Of([Path.GetFullPath(model), .. files.SelectMany(file => new[]
        {
            file.Name, file.Target.FullName, $"{(file.Target.Exists ? file.Target.Length : -1)}", $"{file.Target.LastWriteTimeUtc.Ticks}",
            $"{file.Target.CreationTimeUtc.Ticks}", Change(file.Target.FullName),
        })]);
    }

    private static string Change(string path) => FileStatus.Of(path) is { } status ? $"{status.Inode} {status.ChangeSeconds} {status.ChangeNanoseconds}" : "";
}
