using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Where a configuration comes from.</summary>
/// <param name="WorkingFolder">Absolute folder that options and variables start from.</param>
/// <param name="Environment">The process's variables.</param>
/// <param name="Options">Dotted keys and values from the command line.</param>
public sealed record ConfigurationSources(
    string WorkingFolder, IReadOnlyDictionary<string, string> Environment, ImmutableArray<KeyValuePair<string, string>> Options);

/// <summary>Reads and checks a configuration. Precedence: option over <c>GATE__…</c> variable over file over default.</summary>
public static class ConfigurationReader
{
    /// <summary>Reads a file with its overrides; without a file, the overrides alone.</summary>
    /// <param name="path">Absolute path of the configuration file, or null.</param>
    /// <param name="sources">The other sources.</param>
    /// <exception cref="GateException">Exit 2 with file, line, column and the nearest known key.</exception>
    public static GateConfiguration Read(string? path, ConfigurationSources sources)
    {
        string? shown = path is null ? null : Show(path, sources.WorkingFolder);
        ConfigurationValues values = Values(path, sources);
        string baseFolder = path is null ? sources.WorkingFolder : Path.GetDirectoryName(path)!;
        GateConfiguration configuration = ConfigurationBinding.Bind(values, shown, baseFolder);
        return configuration;
    }

    /// <summary>The checked values of all sources.</summary>
    internal static ConfigurationValues Values(string? path, ConfigurationSources sources) => ConfigurationValues.Combine(
        [.. path is null ? Array.Empty<LocatedProvider>() : [LocatedJson.Read(path, Show(path, sources.WorkingFolder))],
         Overrides.FromEnvironment(sources.Environment, sources.WorkingFolder),
         Overrides.FromOptions(sources.Options, sources.WorkingFolder)]);

    /// <summary>The configuration of a model folder that has none: the built-in suite and thresholds, the overrides, and the built-in recipe unless a
    /// budget asks for a planned one.</summary>
    /// <param name="model">The model folder.</param>
    /// <param name="sources">The other sources.</param>
    public static GateConfiguration ForModel(NamedPath model, ConfigurationSources sources)
    {
        GateConfiguration configuration = Read(null, sources);
        Recipe? recipe = configuration.Recipe ?? (configuration.Budget is null ? BuiltInSuite.Recipe : null);
        return configuration with { Model = configuration.Model ?? model, Recipe = recipe };
    }

    /// <summary>A path as messages show it: relative to the working folder when it lies below it, otherwise as it is; <c>/</c> separators.</summary>
    public static string Show(string fullPath, string workingFolder)
    {
        string relative = Path.GetRelativePath(workingFolder, fullPath);
        bool outside = relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || relative.StartsWith("..\\", StringComparison.Ordinal);
        return (outside || Path.IsPathRooted(relative) ? fullPath : relative).Replace('\\', '/');
    }
}
