using System.Diagnostics;
using Gate.Tests;

[assembly: AssemblyFixture(typeof(Gate.EndToEnd.MSBuild.PackedPackages))]

namespace Gate.EndToEnd.MSBuild;

/// <summary>The packages, packed once for all tests that ask for them, in a folder that holds nothing else.</summary>
public sealed class PackedPackages : IDisposable
{
    private readonly Lazy<string> _feed;

    public PackedPackages() => _feed = new Lazy<string>(Pack);

    /// <summary>A folder for the tests' projects.</summary>
    public string Scratch { get; } = Directory.CreateTempSubdirectory("gate-packages-").FullName;

    /// <summary>The folder with the packages.</summary>
    public string Feed => _feed.Value;

    /// <summary>A <c>nuget.config</c> whose only source is the folder with the packages.</summary>
    public string Configuration => Path.Combine(Feed, "nuget.config");

    private static string PackagesThatAreThere =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string Pack()
    {
        string feed = Path.Combine(Scratch, "feed");
        foreach (string project in new[] { "src/Gate.Tool", "src/Gate.MSBuild" })
        {
            (int code, string output) = Dotnet(Repository.Root, "pack", project, "-c", "Release", "-o", feed, "-nodeReuse:false", "--nologo", "-v", "quiet");
            Assert.True(code == 0, output);
        }

        File.WriteAllText(Path.Combine(feed, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{feed}" /></packageSources>
            </configuration>
            """);
        return feed;
    }

    /// <summary>A process of <c>dotnet</c> with folders of its own for packages and kept answers.</summary>
    public Process Start(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Isolate(start);
        return Process.Start(start)!;
    }

    /// <summary>Gives a process folders of its own for packages and kept answers.</summary>
    /// <remarks>Building this repository uses the packages that are there; what consumes its packages must not see those of another day.</remarks>
    public void Isolate(ProcessStartInfo start)
    {
        // Said in both cases: without it NuGet looks below DOTNET_CLI_HOME, and packing would restore everything anew.
        start.Environment["NUGET_PACKAGES"] = start.WorkingDirectory == Repository.Root ? PackagesThatAreThere : Path.Combine(Scratch, "packages");
        start.Environment["GATE_CACHE_DIR"] = Path.Combine(Scratch, "cache");
        start.Environment["DOTNET_CLI_HOME"] = Scratch;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["CI"] = "";
        // A build started by a test host must not inherit the host's MSBuild, nor speak the dialect of the server the tests run on.
        string[] foreign = [.. start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)), "GITHUB_ACTIONS", "TF_BUILD"];
        foreach (string name in foreign)
            start.Environment.Remove(name);
    }

    /// <summary>Runs <c>dotnet</c> and returns its exit code and everything it printed.</summary>
    public (int ExitCode, string Output) Dotnet(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>A fresh project folder that consumes the package, with the sample model and the gates of the samples beside it.</summary>
    public string NewProject(string name, string properties, string gate = "quickstart")
    {
        string root = Path.Combine(Scratch, name);
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("samples", "models", "facts-llama")))
        {
            string target = Path.Combine(root, "models", "facts-llama", Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        string project = Path.Combine(root, "project");
        Directory.CreateDirectory(project);
        File.Copy(Repository.PathOf("samples", gate, "gate.json"), Path.Combine(project, "gate.json"));
        File.Copy(Configuration, Path.Combine(root, "nuget.config"));
        File.WriteAllText(Path.Combine(project, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Gate.MSBuild" Version="0.1.0" PrivateAssets="all" />
                <GateAdditionalArgument Include="$(Argument)" />
              </ItemGroup>
              <Target Name="Say" AfterTargets="Gate" Condition="'$(GateVerdict)' != ''">
                <Message Importance="high" Text="SAID $(TargetFramework) verdict=$(GateVerdict) retention=$(GateRetention) srcr=$(GateSrCr) reports=@(GateReport->'%(Kind)')" />
              </Target>
            </Project>
            """);
        return project;
    }

    public void Dispose() => Directory.Delete(Scratch, recursive: true);
}
