using System.CommandLine;
using Gate.Core.Baselines;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Results;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate baseline update [CONFIG]</c>.</summary>
internal static class BaselineCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> action = new("action") { Description = "update: make the last run's candidate the baseline; only after a run that passed" };
        Argument<string?> target = new("config") { Description = "As for gate run", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> folder = new("--report-dir") { Description = "Folder of the run's reports, instead of what the configuration says" };
        command.Arguments.Add(action);
        command.Arguments.Add(target);
        command.Options.Add(folder);
        return (parsed, settings) =>
        {
            if (parsed.GetValue(action) != "update")
                throw GateException.Usage("GATE1010", $"'gate baseline' can update, found \"{parsed.GetValue(action)}\"", remedy: "write 'gate baseline update'");
            GateConfiguration configuration = Configured.Find(parsed.GetValue(target), settings);
            ReportPaths reports = parsed.GetValue(folder) is { Length: > 0 } chosen
                ? configuration.Reports.In(System.IO.Path.GetFullPath(chosen, settings.WorkingFolder)) : configuration.Reports;
            NamedPath path = configuration.Baseline.Path;
            Baseline baseline = BaselineUpdate.Of(ReadResults(reports.Json, settings), ReadItems(reports.Items, settings), BaselineFile.Read(path.Full, path.Portable));
            BaselineFile.Write(configuration.Baseline.Path.Full, baseline);
            string shown = settings.Show(configuration.Baseline.Path.Full);
            if (settings.Json)
                JsonOutput.Texts(("baseline", shown), ("runKey", baseline.RunKey));
            else
                ResultText.Line($"{shown}: run {baseline.RunKey}, {baseline.Tasks.Length} tasks, {baseline.Tasks.Sum(task => task.Items)} questions");
            return ExitCode.Passed;
        };
    }

    private static GateResults ReadResults(string path, ToolSettings settings) => Guarded(path, settings, () => ResultsJson.Read(File.ReadAllBytes(path)));

    private static ItemRecord[] ReadItems(string path, ToolSettings settings) => Guarded(path, settings, () =>
    {
        using var reader = new StreamReader(path);
        return ItemsJsonLines.Read(reader).ToArray();
    });

    private static T Guarded<T>(string path, ToolSettings settings, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is ResultsFormatException)
        {
            throw GateException.Input(
                "GATE3107", $"'{settings.Show(path)}' cannot be read: {exception.Message}", remedy: "run 'gate run' first", innerException: exception);
        }
    }
}
