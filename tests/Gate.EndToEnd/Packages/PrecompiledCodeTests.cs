using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Gate.EndToEnd.Endurance;
using Gate.EndToEnd.MSBuild;
using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Packages;

/// <summary>The packages carry the tool as plain IL for any platform and compiled ahead of time for linux-x64.</summary>
public sealed class PrecompiledCodeTests(PackedPackages packages) : IDisposable
{
    private const string AnyPlatform = "tools/net10.0/any/";
    private const string Precompiled = "tools/net10.0/linux-x64/";

    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("Gate.Tool")]
    [InlineData("Gate.MSBuild")]
    public void A_package_holds_precompiled_code_for_one_platform_plain_code_for_any_and_its_data_once(string package)
    {
        using ZipArchive archive = Open(package);

        Dictionary<string, bool> plain = IsPrecompiled(archive, AnyPlatform);
        Dictionary<string, bool> precompiled = IsPrecompiled(archive, Precompiled);

        Assert.Contains("gate.dll", plain.Keys);
        Assert.Equal(plain.Keys.Order(StringComparer.Ordinal), precompiled.Keys.Order(StringComparer.Ordinal));
        Assert.All(plain, file => Assert.False(file.Value, file.Key));
        Assert.All(precompiled, file => Assert.True(file.Value, file.Key));
        Assert.Single(archive.Entries, entry => entry.Name == "model.safetensors");
        string[] suites = [.. archive.Entries.Where(entry => entry.Name == "suite.json").Select(entry => Path.GetFileName(Path.GetDirectoryName(entry.FullName))!)];
        Assert.Contains("facts", suites);
        Assert.Equal(suites.Distinct().Count(), suites.Length);
    }

    [Fact]
    public void Precompiled_and_plain_code_write_the_same_bytes()
    {
        RunFiles.FixTime(_gate);
        Assert.SkipUnless(RuntimeInformation.RuntimeIdentifier == "linux-x64", "the precompiled code is for linux-x64");
        string unpacked = Unpacked();

        SortedDictionary<string, byte[]> plain = RunSample(Path.Combine(unpacked, AnyPlatform));
        SortedDictionary<string, byte[]> precompiled = RunSample(Path.Combine(unpacked, Precompiled));

        Assert.Contains("results.json", plain.Keys);
        RunFiles.AreEqual(plain, precompiled);
    }

    private SortedDictionary<string, byte[]> RunSample(string installation)
    {
        foreach (string folder in new[] { _gate.PathOf("gate-sample"), _gate.Cache })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        _gate.Installation = installation;
        _gate.Run("run", "--sample", "--suite.limit", "48", "--decision.rule", "point").Ends(0);
        return RunFiles.Final(_gate.PathOf("gate-sample", "out"));
    }

    private string Unpacked()
    {
        string folder = _gate.PathOf("package");
        using ZipArchive archive = Open("Gate.Tool");
        archive.ExtractToDirectory(folder);
        return folder;
    }

    private ZipArchive Open(string package) => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(packages.Feed, $"{package}.*.nupkg")));

    private static Dictionary<string, bool> IsPrecompiled(ZipArchive archive, string folder) =>
        archive.Entries.Where(entry => entry.FullName == folder + entry.Name && entry.Name.EndsWith(".dll", StringComparison.Ordinal)).ToDictionary(
            entry => entry.Name,
            entry =>
            {
                using MemoryStream file = new();
                using (Stream packed = entry.Open())
                    packed.CopyTo(file);
                file.Position = 0;
                using PEReader image = new(file);
                return image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
            },
            StringComparer.Ordinal);
}
