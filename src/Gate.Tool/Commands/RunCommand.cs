using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate run [CONFIG or FOLDER]</c>.</summary>
internal static class RunCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "gate.json, a folder that holds one, or a model folder; left out: searched upwards", Arity = ArgumentArity.ZeroOrOne };
        var output = new VerdictOptions();
        command.Arguments.Add(target);
        output.AddTo(command);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = output.Apply(Configured.Find(parsed.GetValue(target), settings), parsed, settings);
            return output.Finish(configuration, null, context => GateRun.Run(configuration, context), parsed, settings);
        };
    }
}
