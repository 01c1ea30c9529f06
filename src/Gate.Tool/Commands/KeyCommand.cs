using System.CommandLine;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using Gate.Numerics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate key [CONFIG]</c>.</summary>
internal static class KeyCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "As for gate run", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(target);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = Configured.Find(parsed.GetValue(target), settings with { Verbosity = Verbosity.Quiet });
            NamedPath path = configuration.Model ?? throw GateException.Usage("GATE1007", "'model' is missing", remedy: "write \"model\": \"path/to/model\", or pass --model");
            using JudgedModel dense = JudgedModel.Open(settings.CreateContext(null, EngineSelection.Managed), path);
            string file = configuration.File is { } written ? File.ReadAllText(Path.GetFullPath(written, settings.WorkingFolder)) : "";
            IEnumerable<AskedTask> tasks = AskedTask.Load(configuration.Suite, dense);
            string key = ContentHash.Of(
                ["gate key 1", VersionText.Version, $"{NumericsRevision.Current}", dense.WeightsHash, dense.Tokenizer?.Hash ?? "",
                 file, .. settings.Overrides.Where(pair => pair.Key != "model").Select(pair => $"{pair.Key}={pair.Value}"),
                 .. tasks.SelectMany(task => task.Items.SelectMany(item => new[] { item.Hash, item.Cluster ?? "" }).Prepend(task.Definition.DefinitionHash))])[..16];
            if (settings.Json)
                JsonOutput.Texts(("key", key));
            else
                ResultText.Line(key);
            return ExitCode.Passed;
        };
    }
}
