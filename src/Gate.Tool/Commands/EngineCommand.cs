using System.CommandLine;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using Gate.Tool.CommandLine;
using Gate.Tool.Engines;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate engine install torch --cpu|--cuda</c>, <c>gate engine path torch</c>.</summary>
internal static class EngineCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> action = new("action") { Description = "install, or path" };
        Argument<string> name = new("engine") { Description = "torch" };
        Option<bool> cpu = new("--cpu") { Description = "install: libraries for the processor (about 200 MB to fetch)" };
        Option<bool> cuda = new("--cuda") { Description = "install: libraries for NVIDIA GPUs (some GB to fetch)" };
        Option<string?> source = new("--source") { Description = "install: one more package source, a folder or an address" };
        command.Arguments.Add(action);
        command.Arguments.Add(name);
        foreach (Option option in (Option[])[cpu, cuda, source])
            command.Options.Add(option);
        return (parsed, settings) =>
        {
            if (parsed.GetValue(name) is not EngineSelection.TorchName)
                throw GateException.Usage("GATE1010", $"the engine that can be installed is torch, found \"{parsed.GetValue(name)}\"");
            switch (parsed.GetValue(action))
            {
                case "path":
                    return Tell(settings, EnginePlugins.InstalledFolder(EngineSelection.TorchName));
                case "install":
                    bool gpu = parsed.GetValue(cuda);
                    if (gpu == parsed.GetValue(cpu))
                        throw GateException.Usage("GATE1010", "'gate engine install' needs one of --cpu and --cuda");
                    return Tell(settings, EngineInstallation.Install(gpu, parsed.GetValue(source), settings.CancellationToken));
                default:
                    throw GateException.Usage("GATE1010", $"'gate engine' can install, or tell the path, found \"{parsed.GetValue(action)}\"");
            }
        };
    }

    private static ExitCode Tell(ToolSettings settings, string folder)
    {
        if (settings.Json)
            JsonOutput.Texts(("folder", folder));
        else
            ResultText.Line(folder);
        return ExitCode.Passed;
    }
}
