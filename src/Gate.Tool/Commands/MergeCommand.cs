using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate merge SHARD…</c>.</summary>
internal static class MergeCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string[]> shards = new("shards") { Description = "Folders that 'gate run --shard' wrote, all parts", Arity = ArgumentArity.OneOrMore };
        Option<string?> config = new("--config", "-c") { Description = "As for gate run" };
        var output = new VerdictOptions();
        command.Arguments.Add(shards);
        command.Options.Add(config);
        output.AddTo(command);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = output.Apply(Configured.Find(parsed.GetValue(config), settings), parsed, settings);
            if (configuration.EarlyStop)
                throw GateException.Usage("GATE1010", "'gate merge' and decision.earlyStop exclude each other", remedy: "set decision.earlyStop to false");
            using ImportedShards imported = ImportedShards.Of(parsed.GetValue(shards)!, settings);
            return output.Finish(configuration, null, Judge, parsed, imported.Settings);

            GateRunOutcome Judge(RunContext context)
            {
                imported.Import();
                context.OnlyKeptAnswers = true;
                return GateRun.Run(configuration, context);
            }
        };
    }
}
