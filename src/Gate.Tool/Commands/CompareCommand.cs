using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate compare [BASE] CANDIDATE</c>.</summary>
internal static class CompareCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string[]> models = new("models")
        {
            Description = "The dense model and the candidate; with one folder, the dense model is the configuration's",
            Arity = new ArgumentArity(1, 2),
        };
        Option<string?> config = new("--config", "-c") { Description = "gate.json or its folder; left out: searched upwards, else the built-in suite" };
        var output = new VerdictOptions();
        command.Arguments.Add(models);
        command.Options.Add(config);
        output.AddTo(command);
        return (parsed, settings) =>
        {
            string[] folders = parsed.GetValue(models)!;
            GateConfiguration configuration = Configured.FindOrBuiltIn(parsed.GetValue(config), settings);
            if (folders.Length == 2)
                configuration = configuration with { Model = settings.PathOf(folders[0]) };
            configuration = output.Apply(configuration, parsed, settings);
            NamedPath candidate = settings.PathOf(folders[^1]);
            return output.Finish(configuration, candidate, context => GateRun.Compare(configuration, candidate, context), parsed, settings);
        };
    }
}
