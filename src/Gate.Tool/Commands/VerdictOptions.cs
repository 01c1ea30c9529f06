using System.Collections.Immutable;
using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using Gate.Results;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary>What the commands that end with a verdict have in common: where the reports go, how one run is shared, and how the end is told.</summary>
internal sealed class VerdictOptions
{
    private readonly Option<string?> _reportFolder = new("--report-dir") { Description = "Folder of all reports, instead of what the configuration says" };
    private readonly Option<string?> _outputsFile = new("--outputs-file") { Description = "Write verdict, figures and report paths as name=value lines" };

    private readonly Option<string?> _inputsFile = new("--inputs-file") { Description = "Write the path of every file the verdict is made from, one a line" };
    private readonly Option<bool> _ifChanged = new("--if-changed") { Description = "Read the verdict of the last run when nothing it was made from has changed" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_reportFolder);
        command.Options.Add(_outputsFile);
        command.Options.Add(_inputsFile);
        command.Options.Add(_ifChanged);
    }

    /// <summary>The configuration with the options in force.</summary>
    public GateConfiguration Apply(GateConfiguration configuration, ParseResult parsed, ToolSettings settings) =>
        parsed.GetValue(_reportFolder) is { Length: > 0 } folder
            ? configuration with { Reports = configuration.Reports.In(Path.GetFullPath(folder, settings.WorkingFolder)) }
            : configuration;

    /// <summary>
    /// Judges under the lock of the report folder, writes the reports, tells the verdict and returns its exit code. Whoever had to wait for another
    /// run of the same question reads that run's verdict.
    /// </summary>
    /// <param name="configuration">The configuration with the options in force.</param>
    /// <param name="candidate">A candidate made elsewhere, or null.</param>
    /// <param name="judge">The run.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">The invocation.</param>
    public ExitCode Finish(
        GateConfiguration configuration, NamedPath? candidate, Func<RunContext, GateRunOutcome> judge, ParseResult parsed, ToolSettings settings)
    {
        var log = new RunLog(settings, TimeProvider.System);
        RunContext context = (settings with { CacheFolder = null }).CreateContext(log, EngineSelection.Managed);
        using var held = ReportLock.Take(configuration.Reports, context);
        try
        {
            GateRun.Check(configuration);
            if (parsed.GetValue(_inputsFile) is { Length: > 0 })
                RequireOneLineEach(RunQuestion.Inputs(configuration, settings.Sources));
            return Judged();
        }
        catch (Exception exception)
        {
            UnfinishedRun.Record(exception, configuration, context, parsed.GetValue(_outputsFile), settings);
            throw;
        }

        ExitCode Judged()
        {
            GateResults? known = held.Waited || parsed.GetValue(_ifChanged) ? held.Find(Question()) : null;
            ImmutableArray<string> reports = configuration.Reports.All;
            if (known is not null)
            {
                log.Report(new PhaseStarted("verdict", $"nothing changed since {settings.Show(configuration.Reports.Json)} was written: its verdict is read, nothing is run"));
            }
            else
            {
                GateRunOutcome outcome = RunProgress.Run(settings, configuration.Engine, judge);
                reports = ReportWriter.WriteAll(outcome, configuration.Reports);
                held.Remember(Question);
                known = outcome.Results;
            }

            if (parsed.GetValue(_inputsFile) is { Length: > 0 } inputs)
            {
                AtomicFile.Write(
                    Path.GetFullPath(inputs, settings.WorkingFolder),
                    string.Concat(RunQuestion.Inputs(configuration, settings.Sources).Select(path => path + "\n")));
            }

            if (parsed.GetValue(_outputsFile) is { Length: > 0 } outputs)
                OutputsFile.Write(Path.GetFullPath(outputs, settings.WorkingFolder), settings, known, configuration.Reports);
            if (settings.Json)
            {
                Console.Out.Write(ResultsJson.Write(known));
                VerdictText.PrintRules(settings, known);
            }
            else
            {
                VerdictText.Print(settings, known, reports);
            }

            return (ExitCode)known.Verdict.ExitCode;
        }

        // The candidate is part of the question, and the run makes it.
        string Question() => RunQuestion.Of(configuration, candidate, settings.Sources, context);
    }
    // Written otherwise than it is, a path would be of no use to a build; written as it is, it would be two, or a command to the terminal that shows the file.
    private static void RequireOneLineEach(IEnumerable<string> inputs)
    {
        if (inputs.FirstOrDefault(path => path.Any(char.IsControl)) is { } path)
        {
            throw GateException.Usage(
                "GATE1010", $"--inputs-file lists one path a line, and '{path}' holds a control character", remedy: "rename the file or folder, or leave --inputs-file out");
        }
    }
}
