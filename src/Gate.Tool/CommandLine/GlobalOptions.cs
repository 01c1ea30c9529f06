using System.Collections.Immutable;
using System.CommandLine;
using Gate.Core.Caching;
using Gate.Diagnostics;
using Gate.Numerics.Threading;
using Gate.Reporting.Logs;

namespace Gate.Tool.CommandLine;

/// <summary>The options every command has; each means the same thing everywhere.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON on standard output", Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Errors and results only", Recursive = true };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Details too", Recursive = true };
    private readonly Option<string?> _verbosity = new("--verbosity") { Description = "quiet, normal, detailed or trace", Recursive = true };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "No colours (also NO_COLOR)", Recursive = true };
    private readonly Option<bool> _ci = new("--ci") { Description = "Behave as in CI: plain lines, no live progress", Recursive = true };
    private readonly Option<int?> _threads = new("--threads") { Description = "Threads; changes the time, not the result", Recursive = true };
    private readonly Option<string?> _cacheDir = new("--cache-dir") { Description = "Folder of kept results (also GATE_CACHE_DIR)", Recursive = true };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Neither read nor keep results", Recursive = true };
    private readonly Option<string?> _logFormat = new("--log-format") { Description = "text, github, azure, gitlab, teamcity or msbuild; left out: what the CI server reads", Recursive = true };
    private readonly Option<string?> _logFile = new("--log-file") { Description = "Write the complete log to this file", Recursive = true };

    /// <summary>Adds the options to the root command.</summary>
    public void AddTo(Command root)
    {
        Option[] options = [_json, _quiet, _verbose, _verbosity, _noColor, _ci, _threads, _cacheDir, _noCache, _logFormat, _logFile];
        foreach (Option option in options)
            root.Options.Add(option);
    }

    /// <summary>The settings of a parsed command line.</summary>
    /// <exception cref="GateException">Exit 2: a value that is none of the allowed ones.</exception>
    public ToolSettings Read(ParseResult parsed, ImmutableArray<KeyValuePair<string, string>> overrides, CancellationToken cancellationToken)
    {
        string workingFolder = Directory.GetCurrentDirectory();
        ImmutableDictionary<string, string> environment = Variables();
        bool ci = parsed.GetValue(_ci) || IsTrue(environment, "CI");
        bool noColor = parsed.GetValue(_noColor) || IsSet(environment, "NO_COLOR") || environment.GetValueOrDefault("TERM") == "dumb";
        bool plain = ci || Console.IsErrorRedirected || environment.GetValueOrDefault("TERM") == "dumb";
        int threads = parsed.GetValue(_threads) ?? System.Environment.ProcessorCount;
        if (threads is < 1 or > 1024)
            throw GateException.Usage("GATE1010", $"--threads must lie between 1 and 1024, found {threads}", remedy: "leave it out to use every core");
        return new ToolSettings
        {
            WorkingFolder = workingFolder,
            Environment = environment,
            Overrides = overrides,
            Json = parsed.GetValue(_json),
            Verbosity = ReadVerbosity(parsed),
            Plain = plain,
            Color = !noColor && !plain,
            LogDialect = Dialect(parsed.GetValue(_logFormat), environment),
            LogFile = parsed.GetValue(_logFile) is { Length: > 0 } log ? Path.GetFullPath(log, workingFolder) : null,
            Threads = new ComputeThreads(threads),
            CacheFolder = parsed.GetValue(_noCache) ? null : CacheFolder.Find(parsed.GetValue(_cacheDir), environment, workingFolder),
            Seal = CacheSeal.Of(environment.GetValueOrDefault(CacheSeal.Variable)),
            CancellationToken = cancellationToken,
        };
    }

    private Verbosity ReadVerbosity(ParseResult parsed)
    {
        Verbosity flags = parsed.GetValue(_quiet) ? Verbosity.Quiet : parsed.GetValue(_verbose) ? Verbosity.Detailed : Verbosity.Normal;
        return Word(parsed.GetValue(_verbosity), "--verbosity", flags);
    }

    private static LogDialect Dialect(string? name, ImmutableDictionary<string, string> environment)
    {
        if (name is null)
            return LogDialects.Detect(variable => environment.GetValueOrDefault(variable));
        return LogDialects.Parse(name) ?? throw GateException.Usage(
            "GATE1010", $"--log-format must be one of {string.Join(", ", LogDialects.Names)}, found \"{name}\"");
    }

    private static T Word<T>(string? text, string option, T fallback)
        where T : struct, Enum
    {
        if (text is null)
            return fallback;
        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
        int index = Array.IndexOf(names, text);
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw GateException.Usage("GATE1010", $"{option} must be one of {string.Join(", ", names)}, found \"{text}\"");
    }

    private static ImmutableDictionary<string, string> Variables() => System.Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>()
        .ToImmutableDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static bool IsSet(ImmutableDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out string? value) && value.Length > 0;

    private static bool IsTrue(ImmutableDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out string? value) && value is "1" or "true" or "True" or "TRUE";
}
