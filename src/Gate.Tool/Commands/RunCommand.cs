using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Pipeline.Shards;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate run [CONFIG or FOLDER]</c>.</summary>
internal static class RunCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "gate.json, a folder that holds one, or a model folder; left out: searched upwards", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> sample = new("--sample") { Description = $"Judge the sample model inside the tool, unpacked to {SampleGate.FolderName}" };
        Option<bool> dryRun = new("--dry-run") { Description = "Resolve, hash, check and predict everything; compress and ask nothing" };
        Option<string?> shard = new("--shard") { Description = "Ask only one part of the questions, for example 2/4, and judge nothing; 'gate merge' joins the parts" };
        var output = new VerdictOptions();
        command.Arguments.Add(target);
        command.Options.Add(sample);
        command.Options.Add(dryRun);
        command.Options.Add(shard);
        output.AddTo(command);
        return (parsed, settings) =>
        {
            string? argument = parsed.GetValue(target);
            bool isSample = parsed.GetValue(sample);
            if (isSample && argument is not null)
                throw GateException.Usage("GATE1010", $"--sample judges the sample inside the tool, found '{argument}' beside it", remedy: "leave one of them out");
            GateConfiguration configuration = output.Apply(Configured.Find(isSample ? SampleGate.Unpack(settings) : argument, settings), parsed, settings);
            if (parsed.GetValue(dryRun))
            {
                ForecastText.Print(settings, configuration, RunProgress.Run(settings, configuration.Engine, context => RunForecast.Of(configuration, context)));
                return ExitCode.Passed;
            }

            if (parsed.GetValue(shard) is { } part)
                return RunShard(Shard.Parse(part), configuration, settings);
            return output.Finish(configuration, null, context => GateRun.Run(configuration, context), parsed, settings);
        };
    }

    private static ExitCode RunShard(Shard shard, GateConfiguration configuration, ToolSettings settings)
    {
        if (configuration.EarlyStop)
            throw GateException.Usage("GATE1010", "--shard and decision.earlyStop exclude each other: a part does not know what the others have seen", remedy: "leave one of them out");
        (string folder, int questions) = RunProgress.Run(settings, configuration.Engine, context => GateRun.RunShard(configuration, shard, context));
        if (settings.Json)
            JsonOutput.Texts(("shard", $"{shard}"), ("folder", settings.Show(folder)), ("questions", $"{questions}"));
        else
            ResultText.Line($"part {shard}: {questions} questions answered by both models in {settings.Show(folder)}; no verdict, 'gate merge' gives it");
        return ExitCode.Passed;
    }
}
