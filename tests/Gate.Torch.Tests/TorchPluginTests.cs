using Gate.Diagnostics;
using Gate.Models.Engines;
using Gate.Models.Engines.Plugins;

namespace Gate.Torch.Tests;

/// <summary>The engine as the tool gets it: from a folder, in a load context of its own.</summary>
public sealed class TorchPluginTests : IDisposable
{
    private static readonly EngineSelection Torch = EngineSelection.Managed with { Name = EngineSelection.TorchName };

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-torch-").FullName;

    [Fact]
    public void It_is_found_by_its_variable_and_shares_none_of_its_assemblies()
    {
        EngineFactory factory = EnginePlugins.Open(Torch, Named(AppContext.BaseDirectory));
        Assert.Equal("torch/2.10.0/cpu/float32", factory.Identity);
        Assert.False(factory.IsBitExact);
        Assert.NotEqual(typeof(TorchEngineFactory), factory.GetType());
    }

    [Fact]
    public void It_describes_libraries_and_devices()
    {
        Dictionary<string, string> described = EnginePlugins.Describe(Torch, Named(AppContext.BaseDirectory)).ToDictionary(pair => pair.Name, pair => pair.Text);
        Assert.Equal("2.10.0", described["libtorch"]);
        Assert.Equal("0.107.0", described["TorchSharp"]);
        Assert.Contains("cuda", described.Keys);
    }

    [Fact]
    public void A_folder_without_native_libraries_is_refused_with_the_places_that_were_searched()
    {
        CopyAssemblies();
        GateException refusal = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch with { Folder = _folder }, _ => null));
        Assert.Equal(("GATE3303", ExitCode.InputUnavailable), (refusal.Diagnostic.Code, refusal.ExitCode));
        Assert.Contains("torch_cpu is in none of", refusal.Diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "runtimes"), refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_loader_says_of_a_broken_library_is_told()
    {
        CopyAssemblies();
        File.WriteAllText(Path.Combine(_folder, "libtorch_cpu.so"), "no library");
        GateException refusal = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch with { Folder = _folder }, _ => null));
        Assert.Equal("GATE3303", refusal.Diagnostic.Code);
        Assert.Contains("libtorch_cpu.so", refusal.Diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("file too short", refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused()
    {
        GateException refusal = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch with { Device = "cuda:63" }, Named(AppContext.BaseDirectory)));
        Assert.Equal(("GATE3304", ExitCode.InputUnavailable), (refusal.Diagnostic.Code, refusal.ExitCode));
        GateException wrong = Assert.Throws<GateException>(() => EnginePlugins.Open(Torch with { Device = "tpu" }, Named(AppContext.BaseDirectory)));
        Assert.Equal(("GATE1006", ExitCode.InvalidUsage), (wrong.Diagnostic.Code, wrong.ExitCode));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Func<string, string?> Named(string folder) => name => name == EnginePlugins.PathVariable ? folder : null;

    private void CopyAssemblies()
    {
        foreach (string file in (string[])["Gate.Torch.dll", "TorchSharp.dll"])
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_folder, file));
    }
}
