using Gate.Core.Caching;
using Gate.Core.Pipeline.Shards;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary>Answers of parts, imported into the cache; into one that goes away again when there is none.</summary>
internal sealed class ImportedShards : IDisposable
{
    private readonly string[] _folders;
    private readonly string? _temporary;

    private ImportedShards(string[] folders, ToolSettings settings, string? temporary) =>
        (_folders, Settings, _temporary) = (folders, settings, temporary);

    /// <summary>The settings with the cache that holds the answers.</summary>
    public ToolSettings Settings { get; }

    /// <summary>Prepares the cache, without reading a part yet; without parts the settings stay as they are.</summary>
    public static ImportedShards Of(string[] folders, ToolSettings settings)
    {
        string? temporary = folders.Length > 0 && settings.CacheFolder is null ? Directory.CreateTempSubdirectory("gate-merge-").FullName : null;
        return new(folders, temporary is null ? settings : settings with { CacheFolder = temporary }, temporary);
    }

    /// <summary>Imports the parts.</summary>
    /// <exception cref="Gate.Diagnostics.GateException">Exit 4: a part that is missing or damaged.</exception>
    public void Import()
    {
        foreach (string folder in _folders)
            ShardFolder.Import(Settings.PathOf(folder).Full, folder, new CacheStore(Settings.CacheFolder!, Settings.Seal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary is not null)
            Directory.Delete(_temporary, recursive: true);
    }
}
