using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using Gate.Tool.Output;

namespace Gate.Tool.Engines;

/// <summary>Restores an engine through NuGet into the user's folder of application data: a project that names the exact packages is published by the dotnet of this machine.</summary>
internal static class EngineInstallation
{
    private const string LibtorchVersion = "2.10.0", TorchSharpVersion = "0.107.0";

    /// <summary>Installs the engine on libtorch.</summary>
    /// <param name="cuda">Libraries for GPUs, or for the processor.</param>
    /// <param name="source">One more package source, or null.</param>
    /// <param name="cancellationToken">Ends dotnet.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="GateException">Exit 4 (GATE3307): no dotnet, no source, no package.</exception>
    public static string Install(bool cuda, string? source, CancellationToken cancellationToken)
    {
        string target = EnginePlugins.InstalledFolder(EngineSelection.TorchName);
        string work = Directory.CreateTempSubdirectory("gate-engine-").FullName, made = $"{target}.new";
        try
        {
            string project = Path.Combine(work, "engine.csproj");
            File.WriteAllText(project, Project(cuda));
            Delete(made);
            Publish(project, made, source, cancellationToken);
            Delete(target);
            Directory.Move(made, target);
            return target;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
            Delete(made);
        }
    }

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    // Versions in brackets are exact: what was tested is what is restored.
    private static string Project(bool cuda)
    {
        (string id, string version) = (cuda, OperatingSystem.IsWindows()) switch
        {
            (false, _) => ($"libtorch-cpu-{Platform}", LibtorchVersion),
            (true, true) => ("TorchSharp-cuda-windows", TorchSharpVersion),
            (true, false) => ("TorchSharp-cuda-linux", TorchSharpVersion),
        };
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>{Platform}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Gate.Torch" Version="[{VersionText.Version}]" />
                <PackageReference Include="TorchSharp" Version="[{TorchSharpVersion}]" />
                <PackageReference Include="{id}" Version="[{version}]" />
              </ItemGroup>
            </Project>
            """;
    }

    private static void Publish(string project, string folder, string? source, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(project) };
        foreach (string argument in (string[])["publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "q", "-p:UseSharedCompilation=false"])
            start.ArgumentList.Add(argument);
        if (source is not null)
            start.ArgumentList.Add($"-p:RestoreAdditionalProjectSources={source}");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        string output;
        int code;
        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration ends = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            code = process.ExitCode;
        }
        catch (Win32Exception exception)
        {
            throw Refused($"dotnet cannot be started: {exception.Message}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (code != 0)
            throw Refused(output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim() ?? $"dotnet publish ended with exit code {code}");
    }

    private static GateException Refused(string reason) => GateException.Input(
        "GATE3307", $"the engine cannot be installed: {reason}", null,
        "needs the .NET SDK and a source with the packages (nuget.org, or one of your NuGet.config, or --source FOLDER); offline, install elsewhere and name the folder in engine.folder");

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
