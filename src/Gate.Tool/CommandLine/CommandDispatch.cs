using System.Collections.Immutable;
using System.CommandLine;
using Gate.Diagnostics;
using Gate.Reporting.Logs;
using Gate.Tool.Commands;
using Gate.Tool.Output;

namespace Gate.Tool.CommandLine;

/// <summary>Builds the command that is asked for, and only that one, and runs it.</summary>
internal static class CommandDispatch
{
    private static readonly ImmutableArray<CommandEntry> Entries =
    [
        new("run", "Compress, evaluate both models, verdict, reports: the main job", RunCommand.Build),
        new("compare", "The verdict on a candidate made elsewhere", CompareCommand.Build),
        new("compress", "Only write the candidate", CompressCommand.Build),
        new("sweep", "Try a grid of recipes, recommend one, judge it on questions the search never saw", SweepCommand.Build),
        new("evaluate", "Score one model", EvaluateCommand.Build),
        new("report", "Render the reports again from results.json", ReportCommand.Build),
        new("inspect", "Parameters, bits, sparsity and size by layer", InspectCommand.Build),
        new("tasks", "The built-in tasks, and how one asks", TasksCommand.Build),
        new("tokenize", "Token ids and pieces of a text", TokenizeCommand.Build),
        new("score", "Log-probabilities of a continuation or of token ids", ScoreCommand.Build),
        new("init", "Write a gate.json", InitCommand.Build),
        new("schema", "Print the JSON schema of gate.json", SchemaCommand.Build),
        new("merge", "The verdict from the answers of all parts of a sharded run", MergeCommand.Build),
        new("audit", "What published scores before and after compression support", AuditCommand.Build),
        new("baseline", "Make the last passing candidate the one to keep up with", BaselineCommand.Build),
        new("config", "The value in force of every configuration key", ConfigCommand.Build),
        new("doctor", "Describe this machine, the cache and the configuration found", DoctorCommand.Build),
        new("engine", "Install an engine that is a plug-in, or tell where it lies", EngineCommand.Build),
        new("completion", "Completions for bash, zsh, fish or pwsh", CompletionCommand.Build),
        new("explain", "Cause and remedy of a diagnostic code, what a metric means, or what a threshold can tell", ExplainCommand.Build),
        new("cache", "What is kept between runs: list, prune, verify, path", CacheCommand.Build),
        new("key", "A hash of everything that decides a run's item results, for CI caches", KeyCommand.Build),
    ];

    /// <summary>How diagnostics are written: as the CI server reads them, until the command line is parsed.</summary>
    public static LogDialect LogDialect { get; private set; } = LogDialects.Detect(Environment.GetEnvironmentVariable);

    /// <summary>The settings of this invocation; null before the command line is parsed.</summary>
    public static ToolSettings? Settings { get; private set; }

    /// <summary>Runs the command line.</summary>
    /// <exception cref="GateException">Whatever the command refuses.</exception>
    public static ExitCode Invoke(string[] arguments, CancellationToken cancellationToken)
    {
        if (VersionText.IsAsked(arguments))
        {
            VersionText.Print(isJson: arguments.Contains("--json", StringComparer.Ordinal));
            return ExitCode.Passed;
        }

        (string[] rest, ImmutableArray<KeyValuePair<string, string>> overrides) = KeyOverrides.Split(HelpAsked(arguments));
        var root = new RootCommand("Finds out what a compressed language model forgot, and passes or fails the build.\nAny key of gate.json is an option too: --thresholds.retention 0.9");
        foreach (Option version in root.Options.Where(option => option is VersionOption).ToArray())
            root.Options.Remove(version);
        root.Options.Add(new Option<bool>("--version") { Description = "Version, commit, runtime, SIMD level and numerics revision" });
        var global = new GlobalOptions();
        global.AddTo(root);
        CommandHandler? handler = null;
        foreach (CommandEntry entry in Entries)
        {
            var command = new Command(entry.Name, entry.Description);
            if (rest.Contains(entry.Name, StringComparer.Ordinal))
            {
                CommandHandler built = entry.Build(command);
                command.SetAction(_ => { handler = built; });
            }

            root.Subcommands.Add(command);
        }

        ParseResult parsed = root.Parse(rest, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (ParseErrors.Find(parsed, rest, Entries.Select(entry => entry.Name)) is { } wrong)
            throw wrong;
        int code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        if (handler is null)
            return code == 0 ? ExitCode.Passed : ExitCode.InvalidUsage;
        Settings = global.Read(parsed, overrides, cancellationToken);
        LogDialect = Settings.LogDialect;
        return handler(parsed, Settings);
    }

    // gate, gate help and gate help run are what people try first.
    private static string[] HelpAsked(string[] arguments) => arguments switch
    {
        [] or ["help"] => ["--help"],
        ["help", var command] => [command, "--help"],
        _ => arguments,
    };

    /// <summary>Every command with its arguments and options: for completions and for the reference page.</summary>
    public static RootCommand BuildAll()
    {
        var root = new RootCommand();
        new GlobalOptions().AddTo(root);
        foreach (CommandEntry entry in Entries)
        {
            var command = new Command(entry.Name, entry.Description);
            entry.Build(command);
            root.Subcommands.Add(command);
        }

        return root;
    }

    /// <summary>Appends an error to the complete log, when one is kept.</summary>
    public static void KeepError(Diagnostic diagnostic)
    {
        if (Settings?.LogFile is { } log)
            RunLog.Append(log, DiagnosticText.Render(diagnostic, LogDialect.Text));
    }
}

/// <summary>Runs a command.</summary>
internal delegate ExitCode CommandHandler(ParseResult parsed, ToolSettings settings);

/// <summary>A command that can be built when it is asked for.</summary>
internal sealed record CommandEntry(string Name, string Description, Func<Command, CommandHandler> Build);
