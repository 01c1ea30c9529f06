using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
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
        var output = new VerdictOptions();
        Option<string?> shard = new("--shard") { Description = "Ask only one part of the questions, for example 2/4, and judge nothing; 'gate merge' joins the parts" };
        command.Arguments.Add(target);
        command.Options.Add(shard);
        output.AddTo(command);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = output.Apply(Configured.Find(parsed.GetValue(target), settings), parsed, settings);
            GateRunOutcome outcome = RunProgress.Run(settings, context => GateRun.Run(configuration, context));
            return output.Finish(outcome, configuration, parsed, settings);
        };
    }
}
