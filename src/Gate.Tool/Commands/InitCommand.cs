using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Models.Inference.Served;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate init</c>.</summary>
internal static class InitCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Option<string> model = new("--model") { Description = "The dense model's folder", DefaultValueFactory = _ => "models/dense" };
        Option<bool> force = new("--force") { Description = "Replace a gate.json that is there" };
        command.Options.Add(model);
        command.Options.Add(force);
        return (parsed, settings) =>
        {
            string path = Path.Combine(settings.WorkingFolder, ConfigurationLocator.FileName);
            if (File.Exists(path) && !parsed.GetValue(force))
                throw GateException.Usage("GATE1012", "there is a gate.json here already", remedy: "edit it, or replace it with --force");
            string folder = parsed.GetValue(model)!;
            string full = Path.GetFullPath(folder, settings.WorkingFolder);
            if (parsed.GetResult(model) is { Implicit: false } || Directory.Exists(full))
                RequireRunnable(full);
            AtomicFile.Write(path, ConfigurationTemplate.Render(folder.Replace('\\', '/')));
            AtomicFile.Write(Path.Combine(settings.WorkingFolder, "gate.schema.json"), ConfigurationSchema.Render());
            if (settings.Json)
            {
                JsonOutput.Texts(("configuration", ConfigurationLocator.FileName), ("schema", "gate.schema.json"), ("model", folder));
                return ExitCode.Passed;
            }

            ResultText.Line("wrote gate.json, and gate.schema.json for your editor");
            ResultText.Line(Directory.Exists(full)
                ? "next: gate run" : $"next: put your model at {folder}, or its path under \"model\" in gate.json; then: gate run");
            return ExitCode.Passed;
        };
    }

    // A configuration for a model that no run can use would only put the refusal off. A served model's weights are elsewhere.
    private static void RequireRunnable(string folder)
    {
        if (ServedModelFile.IsIn(folder))
        {
            ServedModelFile.Read(folder);
            return;
        }

        Models.Model.Open(folder).Dispose();
    }
}
