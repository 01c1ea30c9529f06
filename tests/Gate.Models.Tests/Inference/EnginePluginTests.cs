using Gate.Diagnostics;
using Gate.Models.Engines.Managed;
using Gate.Models.Engines.Plugins;

namespace Gate.Models.Tests.Inference;

/// <summary>Engines that are plug-ins, where there is none or another thing in its place.</summary>
public sealed class EnginePluginTests : IDisposable
{
    private static readonly EngineSelection Torch = EngineSelection.Managed with { Name = EngineSelection.TorchName };

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-plugin-").FullName;

    [Fact]
    public void The_engine_inside_the_tool_is_looked_for_nowhere() =>
        Assert.Same(ManagedEngineFactory.Instance, EnginePlugins.Open(EngineSelection.Managed, _ => throw new InvalidOperationException()));

    [Fact]
    public void A_plug_in_that_is_not_there_is_refused_with_every_place_that_was_looked_at()
    {
        GateException refusal = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch, _ => null));
        Assert.Equal(("GATE3301", ExitCode.InputUnavailable), (refusal.Diagnostic.Code, refusal.ExitCode));
        Assert.Contains(Path.Combine(AppContext.BaseDirectory, "engines", "torch"), refusal.Diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(EnginePlugins.InstalledFolder("torch"), refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_folder_is_the_only_place()
    {
        string other = Path.Combine(_folder, "other");
        Assert.Contains($"in {_folder}", Message(Torch with { Folder = _folder }), StringComparison.Ordinal);
        Assert.Contains($"in {other}", Message(Torch), StringComparison.Ordinal);

        string Message(EngineSelection selection) =>
            Assert.Throws<GateException>(() => EnginePlugins.Open(selection, name => name == EnginePlugins.PathVariable ? other : null)).Diagnostic.Message;
    }

    [Fact]
    public void What_is_no_engine_of_this_version_is_refused()
    {
        string path = Path.Combine(_folder, "Gate.Torch.dll");
        File.WriteAllText(path, "no assembly");
        Refused("format");
        File.Copy(typeof(EnginePluginTests).Assembly.Location, path, overwrite: true);
        Refused("Gate");

        void Refused(string reason)
        {
            GateException refusal = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch with { Folder = _folder }, _ => null));
            Assert.Equal(("GATE3302", ExitCode.InputUnavailable), (refusal.Diagnostic.Code, refusal.ExitCode));
            Assert.Contains(path, refusal.Diagnostic.Message, StringComparison.Ordinal);
            Assert.Contains(reason, refusal.Diagnostic.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
