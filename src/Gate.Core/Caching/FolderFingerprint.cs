namespace Gate.Core.Caching;

/// <summary>
/// A cheap identity of a model folder's files: path, size, time of change and time of birth of each. Equal fingerprints mean that no file was
/// written in between, so that a hash computed then still holds now.
/// </summary>
internal static class FolderFingerprint
{
    /// <summary>File systems stamp changes with the clock of their last tick; a file this old cannot change again within the same tick.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Extensions = [".json", ".safetensors", ".model", ".txt", ".gguf"];

    /// <summary>The fingerprint, after waiting until every file is older than one tick of the file system's clock.</summary>
    /// <param name="model">Absolute path of a model folder, or of a model in one file.</param>
    /// <param name="clock">The clock.</param>
    public static string Of(string model, TimeProvider clock)
    {
        string folder = File.Exists(model) ? Path.GetDirectoryName(model)! : model;
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file.Name, StringComparer.Ordinal)];
        TimeSpan age = files.Length == 0 ? Tick : clock.GetUtcNow().UtcDateTime - files.Max(file => file.LastWriteTimeUtc);
        if (age >= TimeSpan.Zero && age < Tick)
            Thread.Sleep(Tick - age);
        return ContentHash.Of([Path.GetFullPath(model), .. files.SelectMany(file => new[]
        {
            file.Name, $"{file.Length}", $"{file.LastWriteTimeUtc.Ticks}", $"{file.CreationTimeUtc.Ticks}", file.LinkTarget ?? "",
        })]);
    }
}
