using System.CommandLine;
using System.Globalization;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Sweeps;
using Gate.Diagnostics;
using Gate.Results;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate sweep [CONFIG or MODEL]</c>.</summary>
internal static class SweepCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "gate.json, a folder that holds one, or a model folder; left out: searched upwards", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(target);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = Configured.Find(parsed.GetValue(target), settings);
            SweepOutcome outcome = RunProgress.Run(settings, context => GateSweep.Run(configuration, context));
            string folder = configuration.Sweep!.Output.Full;
            string json = SweepJson.Write(outcome);
            AtomicFile.Write(Path.Combine(folder, "sweep.json"), json);
            AtomicFile.Write(Path.Combine(folder, "sweep.md"), SweepMarkdown.Write(outcome));
            AtomicFile.Write(Path.Combine(folder, "sweep.svg"), SweepPlot.Draw(outcome));
            if (settings.Json)
                Console.Out.Write(json);
            else
                WriteText(settings, outcome, folder);

            // Without a recipe that keeps enough there is nothing that may ship.
            return outcome.Verdict is { } verdict ? (ExitCode)verdict.ExitCode : ExitCode.Breached;
        };
    }

    private static void WriteText(ToolSettings settings, SweepOutcome outcome, string folder)
    {
        ResultText.Table(settings, ["recipe", "TCr", "bits", "KL", "Sr", "SrCr", "dropped"], [.. outcome.Candidates
            .OrderBy(candidate => candidate.CompressionRate).Select(candidate => (IReadOnlyList<string>)
            [
                candidate.Name, Number(candidate.CompressionRate), Number(candidate.BitsPerWeight), candidate.Divergence is { } divergence ? Number(divergence.Mean) : "",
                Text(candidate.Retention), candidate.SrCr is { } srcr ? Number(srcr.Value) : "", candidate.DroppedAt is { } rung ? $"rung {rung}" : "",
            ])]);
        ResultText.Line();
        ResultText.Line(outcome.Recommended is { } name
            ? $"recommended       {name}" : $"recommended       none: no recipe keeps a lower bound of Sr of at least {Number(outcome.Floor)}");
        if (outcome.Verdict is { } verdict)
            ResultText.Line($"verdict           {verdict.Sentence} Sr {Text(verdict.Retention)} on {outcome.VerdictItems} questions of its own");
        ResultText.Line($"answers asked     {outcome.Cost.Asked} (all candidates in full: {outcome.Cost.Exhaustive})");
        ResultText.Line($"report            {settings.Show(Path.Combine(folder, "sweep.md"))}");
    }

    private static string Text(Estimate? estimate) =>
        estimate is null ? "" : $"{Number(estimate.Value)} [{Number(estimate.Lower)}, {Number(estimate.Upper)}]";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
