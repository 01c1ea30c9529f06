using Gate.Core.Pipeline.Shards;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary>Answers of parts, imported into the cache; into one that goes away again when there is none.</summary>
internal sealed class ImportedShards : IDisposable
{
    private readonly string? _temporary;

    private ImportedShards(ToolSettings settings, string? temporary) => (Settings, _temporary) = (settings, temporary);

    /// <summary>The settings with the cache that holds the answers.</summary>
    public ToolSettings Settings { get; }

    /// <summary>Imports parts; without parts the settings stay as they are.</summary>
    /// <exception cref="Gate.Diagnostics.GateException">Exit 4: a part that is missing or damaged.</exception>
    public static ImportedShards Of(string[] folders, ToolSettings settings)
    {
        string? temporary = folders.Length > 0 && settings.CacheFolder is null ? Directory.CreateTempSubdirectory("gate-merge-").FullName : null;
        ImportedShards imported = new(temporary is null ? settings : settings with { CacheFolder = temporary }, temporary);
        try
        {
            foreach (string folder in folders)
                ShardFolder.Import(settings.PathOf(folder).Full, folder, imported.Settings.CacheFolder!);
            return imported;
        }
        catch
        {
            imported.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary is not null)
            Directory.Delete(_temporary, recursive: true);
    }
}
