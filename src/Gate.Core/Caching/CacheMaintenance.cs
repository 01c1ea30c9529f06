using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Core.Caching;

/// <summary>One kept thing: the answers of a model to a task, the identity of a folder, a candidate.</summary>
/// <param name="Kind">Folder of its kind: <c>items</c>, <c>models</c>, <c>candidates</c>, <c>trials</c>, <c>planning</c>.</param>
/// <param name="Name">Its key.</param>
/// <param name="Bytes">Size on disk.</param>
/// <param name="LastUsed">When it was last written or read.</param>
public sealed record CacheEntry(string Kind, string Name, long Bytes, DateTimeOffset LastUsed);

/// <summary>An entry with the state of its lines.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Intact">Lines whose checksum holds, and measurements that are whole.</param>
/// <param name="Damaged">Lines or files that cannot be used; they are computed again.</param>
public sealed record CacheCheck(CacheEntry Entry, int Intact, int Damaged);

/// <summary>Keeps the cache within its size and says what is in it. Only journals and finished measurements are ever removed, whatever else lies in the folder.</summary>
public static class CacheMaintenance
{
    /// <summary>Bytes a cache may take when nothing else is said: 2 GiB.</summary>
    public const long DefaultMaximumBytes = 2L << 30;

    /// <summary>Name of a finished measurement of the planner, beside the journal of its layers.</summary>
    public const string MeasurementFile = "measurement.json";

    /// <summary>Every entry, the one used longest ago first.</summary>
    /// <param name="cacheFolder">The cache's folder; may be missing.</param>
    public static ImmutableArray<CacheEntry> List(string cacheFolder)
    {
        if (!Directory.Exists(cacheFolder))
            return [];
        return [.. Folders(cacheFolder).SelectMany(kind => Folders(kind).Select(Describe)).OfType<CacheEntry>()
            .OrderBy(entry => entry.LastUsed).ThenBy(entry => entry.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>Reads every line of every entry.</summary>
    /// <param name="store">The cache; its folder may be missing.</param>
    public static ImmutableArray<CacheCheck> Verify(CacheStore store) => [.. List(store.Folder).Select(entry =>
    {
        using Journal journal = store.Open(entry.Kind, entry.Name);
        (List<string> lines, int damaged) = journal.Check();
        ILookup<bool, string> measured = Measurements(Path.Combine(store.Folder, entry.Kind, entry.Name)).ToLookup(file => IsMeasurement(store, file));
        return new CacheCheck(entry, lines.Count + measured[true].Count(), damaged + measured[false].Count());
    })];

    /// <summary>Removes entries, the one used longest ago first, until the rest fits. What is removed is computed again when it is needed.</summary>
    /// <param name="cacheFolder">The cache's folder; may be missing.</param>
    /// <param name="maximumBytes">Most bytes of the entries that stay; 0 removes all.</param>
    /// <returns>The removed entries.</returns>
    public static ImmutableArray<CacheEntry> Prune(string cacheFolder, long maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        ImmutableArray<CacheEntry> entries = List(cacheFolder);
        long bytes = entries.Sum(entry => entry.Bytes);
        var removed = ImmutableArray.CreateBuilder<CacheEntry>();
        foreach (CacheEntry entry in entries)
        {
            if (bytes <= maximumBytes)
                break;
            if (!Remove(Path.Combine(cacheFolder, entry.Kind, entry.Name)))
                continue;
            bytes -= entry.Bytes;
            removed.Add(entry);
        }

        return removed.ToImmutable();
    }

    private static IEnumerable<string> Files(string folder) => Journal.Files(folder).Concat(Measurements(folder));

    private static IEnumerable<string> Measurements(string folder) =>
        Path.GetFileName(Path.GetDirectoryName(folder)) == "planning" && Path.Combine(folder, MeasurementFile) is var file && File.Exists(file) ? [file] : [];

    private static bool IsMeasurement(CacheStore store, string file)
    {
        try
        {
            if (store.ReadFile(file) is not { } text)
                return false;
            using JsonDocument document = JsonDocument.Parse(text);
            return true;
        }
        catch (Exception exception) when (exception is JsonException || StorageFault.Is(exception))
        {
            return false;
        }
    }

    private static IEnumerable<string> Folders(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            return [];
        }
    }

    private static CacheEntry? Describe(string folder)
    {
        FileInfo[] files = [.. Files(folder).Select(file => new FileInfo(file)).Where(file => file.Exists)];
        if (files.Length == 0)
            return null;
        DateTime used = files.Select(file => file.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();
        return new CacheEntry(
            Path.GetFileName(Path.GetDirectoryName(folder))!, Path.GetFileName(folder), files.Sum(file => file.Length), new DateTimeOffset(used, TimeSpan.Zero));
    }

    private static bool Remove(string folder)
    {
        try
        {
            foreach (string file in Files(folder))
                File.Delete(file);
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
            return true;
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            return false;
        }
    }
}
