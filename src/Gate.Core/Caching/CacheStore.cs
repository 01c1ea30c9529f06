using Gate.Core.Pipeline;

namespace Gate.Core.Caching;

/// <summary>Where finished work is kept, and what of it is believed.</summary>
/// <param name="Folder">Absolute.</param>
/// <param name="Seal">What is believed.</param>
/// <param name="Distrusted">Told why something that is there is not believed; null: nobody is.</param>
public sealed record CacheStore(string Folder, CacheSeal Seal, Action<string>? Distrusted = null)
{
    /// <summary>A store without a key.</summary>
    /// <param name="folder">Absolute.</param>
    public CacheStore(string folder)
        : this(folder, CacheSeal.Unkeyed)
    {
    }

    /// <summary>The journal of one entry.</summary>
    /// <param name="kind">Folder of its kind.</param>
    /// <param name="name">Its key.</param>
    public Journal Open(string kind, string name) => new(Path.Combine(Folder, kind, name), Seal, Distrusted);

    /// <summary>The text of a whole file of an entry; null when there is none, or none that is believed.</summary>
    /// <param name="path">Absolute, as <c>CACHE/KIND/NAME/FILE</c>.</param>
    /// <exception cref="Exception">A <see cref="Diagnostics.StorageFault"/>: it cannot be read.</exception>
    internal string? ReadFile(string path)
    {
        if (!File.Exists(path))
            return null;
        string entry = Path.GetDirectoryName(path)!;
        string? reason = new[] { path, entry, Path.GetDirectoryName(entry)!, Folder }.Select(Seal.Distrust).FirstOrDefault(found => found is not null);
        if (reason is not null)
        {
            Distrusted?.Invoke(reason);
            return null;
        }

        return Seal.UnwrapFile(PlaceOf(path), File.ReadAllText(path));
    }

    /// <summary>Writes a whole file of an entry.</summary>
    /// <param name="path">As for <see cref="ReadFile"/>.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: it cannot be written.</exception>
    internal void WriteFile(string path, string text)
    {
        OwnFiles.CreateFolder(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Seal.WrapFile(PlaceOf(path), text));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) & OwnFiles.FileMode);
    }

    private string PlaceOf(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');
}
