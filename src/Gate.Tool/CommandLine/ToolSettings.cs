using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using Gate.Numerics.Threading;
using Gate.Reporting.Logs;

namespace Gate.Tool.CommandLine;

/// <summary>How much is told.</summary>
internal enum Verbosity
{
    /// <summary>Errors and results.</summary>
    Quiet,

    /// <summary>Phases and progress too.</summary>
    Normal,

    /// <summary>Details too.</summary>
    Detailed,

    /// <summary>Everything.</summary>
    Trace,
}

/// <summary>The surroundings of one invocation: what every command may ask for.</summary>
internal sealed record ToolSettings
{
    /// <summary>Absolute.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The process's variables.</summary>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    /// <summary>Configuration keys given as options.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Overrides { get; init; }

    /// <summary>Results for machines.</summary>
    public required bool Json { get; init; }

    /// <summary>How much is told.</summary>
    public required Verbosity Verbosity { get; init; }

    /// <summary>No live progress, no colours.</summary>
    public required bool Plain { get; init; }

    /// <summary>Colours are allowed.</summary>
    public required bool Color { get; init; }

    /// <summary>Who reads the diagnostics.</summary>
    public required LogDialect LogDialect { get; init; }

    /// <summary>Absolute path of the complete log, or null.</summary>
    public required string? LogFile { get; init; }

    /// <summary>Threads of the kernels.</summary>
    public required ComputeThreads Threads { get; init; }

    /// <summary>Absolute folder of the cache, or null for none.</summary>
    public required string? CacheFolder { get; init; }

    /// <summary>What of the cache, and of the parts of a run, is believed.</summary>
    public required CacheSeal Seal { get; init; }

    /// <summary>Ends the work.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Where configuration comes from.</summary>
    public ConfigurationSources Sources => new(WorkingFolder, Environment, Overrides);

    /// <summary>A path given on the command line.</summary>
    public NamedPath PathOf(string argument) => new(argument, Path.GetFullPath(argument, WorkingFolder));

    /// <summary>A path as messages show it.</summary>
    public string Show(string fullPath) => ConfigurationReader.Show(fullPath, WorkingFolder);

    /// <summary>The run's context.</summary>
    /// <param name="progress">Told what happens, or null.</param>
    /// <param name="engine">Where models are judged and calibrated.</param>
    /// <exception cref="GateException">Exit 4: an engine that cannot be had.</exception>
    public RunContext CreateContext(IProgress<RunEvent>? progress, EngineSelection engine) =>
        new(WorkingFolder, CacheFolder, Threads, TimeProvider.System, SourceDateEpoch(), progress, CancellationToken, Seal)
        {
            Engine = EnginePlugins.Open(engine, name => Environment.GetValueOrDefault(name)),
        };

    private long? SourceDateEpoch()
    {
        if (!Environment.TryGetValue("SOURCE_DATE_EPOCH", out string? text) || text.Length == 0)
            return null;
        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long seconds) && seconds < 253402300800)
            return seconds;
        throw GateException.Usage("GATE1010", $"SOURCE_DATE_EPOCH must be seconds since 1970, found \"{text}\"", remedy: "set it to a whole number, or unset it");
    }
}
