using System.CommandLine;
using System.Globalization;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Pipeline.Shards;
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
        Option<string?> shard = new("--shard") { Description = "Measure only one part of the recipes, for example 2/4, and recommend nothing; --parts joins the parts" };
        Option<string[]> parts = new("--parts") { Description = "Folders that 'gate sweep --shard' wrote: what they measured is not measured again", AllowMultipleArgumentsPerToken = true };
        command.Arguments.Add(target);
        command.Options.Add(shard);
        command.Options.Add(parts);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = Configured.Find(parsed.GetValue(target), settings);
            string[] folders = parsed.GetValue(parts) ?? [];
            if (parsed.GetValue(shard) is { } part)
            {
                return folders.Length == 0
                    ? RunShard(Shard.Parse(part), configuration, settings)
                    : throw GateException.Usage("GATE1010", "--shard and --parts exclude each other", remedy: "measure the parts first, then join them");
            }

            using ImportedShards imported = ImportedShards.Of(folders, settings);
            imported.Import();
            SweepOutcome outcome = RunProgress.Run(imported.Settings, configuration.Engine, context => GateSweep.Run(configuration, context));
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

    // The part's own cache is its folder: an interrupted part goes on, and what is carried to another machine is what was measured.
    private static ExitCode RunShard(Shard shard, GateConfiguration configuration, ToolSettings settings)
    {
        string folder = Path.Combine(configuration.Sweep!.Output.Full, shard.FolderName);
        (int recipes, int all) = RunProgress.Run(settings with { CacheFolder = folder }, configuration.Engine, context => GateSweep.RunShard(configuration, shard, context));
        if (settings.Json)
            JsonOutput.Texts(("shard", $"{shard}"), ("folder", settings.Show(folder)), ("recipes", $"{recipes}"));
        else
            ResultText.Line($"part {shard}: {recipes} of {all} recipes measured in {settings.Show(folder)}; nothing recommended, 'gate sweep --parts' joins the parts");
        return ExitCode.Passed;
    }

    private static void WriteText(ToolSettings settings, SweepOutcome outcome, string folder)
    {
        ResultText.Table(settings, ["recipe", "TCr", "bits", "KL", "Sr", "SrCr", "questions", "dropped"], [.. outcome.Candidates
            .OrderBy(candidate => candidate.CompressionRate).Select(candidate => (IReadOnlyList<string>)
            [
                candidate.Name, Number(candidate.CompressionRate), Number(candidate.BitsPerWeight), candidate.Divergence is { } divergence ? Number(divergence.Mean) : "",
                Text(candidate.Retention), candidate.SrCr is { } srcr ? Number(srcr.Value) : "", $"{candidate.Questions}", candidate.DroppedAt is { } rung ? $"rung {rung}" : "",
            ])]);
        ResultText.Line();
        ResultText.Line(outcome.Recommended is { } name
            ? $"recommended       {name}" : $"recommended       none: no recipe keeps a lower bound of Sr of at least {Number(outcome.Floor)}");
        if (outcome.Verdict is { } verdict)
            ResultText.Line($"verdict           {verdict.Sentence} Sr {Text(verdict.Retention)} on {outcome.VerdictItems} questions of its own");
        ResultText.Line($"format            {outcome.CandidateFormat}{(outcome.CandidateFormat == "dense" ? ", bits counted as compressed-tensors packs them" : "")}");
        ResultText.Line($"answers asked     {outcome.Cost.Asked} (all candidates in full: {outcome.Cost.Exhaustive})");
        ResultText.Line($"report            {settings.Show(Path.Combine(folder, "sweep.md"))}");
    }

    private static string Text(Estimate? estimate) =>
        estimate is null ? "" : $"{Number(estimate.Value)} [{Number(estimate.Lower)}, {Number(estimate.Upper)}]";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
