using System.Collections.Immutable;
using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Results;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary>What the commands that end with a verdict have in common: where the reports go, and how the end is told.</summary>
internal sealed class VerdictOptions
{
    private readonly Option<string?> _reportFolder = new("--report-dir") { Description = "Folder of all reports, instead of what the configuration says" };
    private readonly Option<string?> _outputsFile = new("--outputs-file") { Description = "Write verdict, figures and report paths as name=value lines" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_reportFolder);
        command.Options.Add(_outputsFile);
    }

    /// <summary>The configuration with the options in force.</summary>
    public GateConfiguration Apply(GateConfiguration configuration, ParseResult parsed, ToolSettings settings) =>
        parsed.GetValue(_reportFolder) is { Length: > 0 } folder
            ? configuration with { Reports = configuration.Reports.In(Path.GetFullPath(folder, settings.WorkingFolder)) }
            : configuration;

    /// <summary>Writes the reports, tells the verdict and returns its exit code.</summary>
    public ExitCode Finish(GateRunOutcome outcome, GateConfiguration configuration, ParseResult parsed, ToolSettings settings)
    {
        ImmutableArray<string> reports = ReportWriter.WriteAll(outcome, configuration.Reports);
        if (parsed.GetValue(_outputsFile) is { Length: > 0 } outputs)
            AtomicFile.Write(Path.GetFullPath(outputs, settings.WorkingFolder), VerdictText.Outputs(settings, outcome.Results, configuration.Reports));
        if (settings.Json)
        {
            Console.Out.Write(ResultsJson.Write(outcome.Results));
            VerdictText.PrintRules(settings, outcome.Results);
        }
        else
        {
            VerdictText.Print(settings, outcome.Results, reports);
        }

        return (ExitCode)outcome.Results.Verdict.ExitCode;
    }
}
