using System.Diagnostics;
using Gate.Tests;

namespace Gate.EndToEnd.MSBuild;

/// <summary>The MSBuild package, packed once for all tests of a class, and a folder of packages that holds nothing else.</summary>
public sealed class PackedPackages : IDisposable
{
    public PackedPackages()
    {
        Scratch = Directory.CreateTempSubdirectory("gate-msbuild-").FullName;
        Feed = Path.Combine(Scratch, "feed");
        (int code, string output) = Dotnet(
            Repository.Root, "pack", "src/Gate.MSBuild", "-c", "Release", "-o", Feed, "-nodeReuse:false", "--nologo", "-v", "quiet");
        Assert.True(code == 0, output);
    }

    /// <summary>A folder for the tests' projects.</summary>
    public string Scratch { get; }

    /// <summary>The folder with the package.</summary>
    public string Feed { get; }

    /// <summary>Runs <c>dotnet</c> and returns its exit code and everything it printed.</summary>
    public (int ExitCode, string Output) Dotnet(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(Scratch, "packages");
        start.Environment["GATE_CACHE_DIR"] = Path.Combine(Scratch, "cache");
        start.Environment["CI"] = "";
        // A build started by a test host must not inherit the host's MSBuild.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
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
        File.WriteAllText(Path.Combine(root, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Feed}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(project, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Gate.MSBuild" Version="0.1.0" PrivateAssets="all" />
              </ItemGroup>
              <Target Name="Say" AfterTargets="Build" Condition="'$(GateVerdict)' != ''">
                <Message Importance="high" Text="SAID $(TargetFramework) verdict=$(GateVerdict) retention=$(GateRetention) srcr=$(GateSrCr) reports=@(GateReport->'%(Kind)')" />
              </Target>
            </Project>
            """);
        return project;
    }

    public void Dispose() => Directory.Delete(Scratch, recursive: true);
}
