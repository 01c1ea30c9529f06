using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
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
        var output = new VerdictOptions();
        command.Arguments.Add(target);
        command.Options.Add(sample);
        command.Options.Add(dryRun);
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
                ForecastText.Print(settings, configuration, RunProgress.Run(settings, context => RunForecast.Of(configuration, context)));
                return ExitCode.Passed;
            }

            return output.Finish(configuration, null, context => GateRun.Run(configuration, context), parsed, settings);
        };
    }
}
