using System.Diagnostics;
using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.MSBuild;

/// <summary>Builds in which many projects meet one gate, and builds that are stopped.</summary>
public sealed class SharedGateTests(PackedPackages packages)
{
    private const int Projects = 16;

    [Fact]
    [Trait("Complaint", "24")]
    public void Sixteen_projects_built_in_parallel_run_their_one_gate_once_and_none_finds_a_locked_file()
    {
        string first = packages.NewProject("solution", "<TargetFramework>net10.0</TargetFramework>");
        string root = Path.GetDirectoryName(first)!;
        File.WriteAllText(Path.Combine(root, "gate.json"), """
            {
              "model": "models/facts-llama",
              "recipe": { "quantize": { "bits": 4, "groupSize": 32 } },
              "suite": { "tasks": ["factoid-qa"], "limit": 100 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        string project = File.ReadAllText(Path.Combine(first, "Consumer.csproj")).Replace(
            "</PropertyGroup>", "<GateConfig>$(MSBuildProjectDirectory)/../gate.json</GateConfig></PropertyGroup>", StringComparison.Ordinal);
        for (int i = 0; i < Projects; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(root, $"part{i}")).FullName;
            File.WriteAllText(Path.Combine(folder, $"P{i}.csproj"), project);
        }

        File.WriteAllText(Path.Combine(root, "all.proj"), """
            <Project>
              <ItemGroup><Each Include="part*/*.csproj" /></ItemGroup>
              <Target Name="All">
                <MSBuild Projects="@(Each)" Targets="Restore" Properties="Phase=restore" />
                <MSBuild Projects="@(Each)" Targets="Gate" BuildInParallel="true" />
              </Target>
            </Project>
            """);

        (int code, string output) = packages.Dotnet(root, "msbuild", "all.proj", "-t:All", "-m:4", "-nodeReuse:false", "-nologo");

        Assert.True(code == 0, output);
        string[] logs = [.. Directory.GetFiles(root, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.Equal(Projects, logs.Length);
        Assert.Equal(1, logs.Count(log => log.Contains("asking the candidate model", StringComparison.Ordinal)));
        Assert.Equal(Projects - 1, logs.Count(log => log.Contains("nothing is run", StringComparison.Ordinal)));
        string[] verdicts = [.. Directory.GetFiles(root, "*.outputs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.Equal(Projects, verdicts.Length);
        Assert.All(verdicts, verdict => Assert.Contains("verdict=passed\n", verdict, StringComparison.Ordinal));
        Assert.DoesNotContain("used by another process", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_build_stops_the_engine_and_ends_with_one_coded_error()
    {
        string project = packages.NewProject("cancelled", "<TargetFramework>net10.0</TargetFramework>");
        string file = Path.Combine(project, "Consumer.csproj");
        File.WriteAllText(file, File.ReadAllText(file).Replace("</ItemGroup>", """<GateAdditionalArgument Include="--no-cache" /></ItemGroup>""", StringComparison.Ordinal));
        Assert.Equal(0, packages.Dotnet(project, "restore").ExitCode);
        using Process build = packages.Start(project, "build", "--no-restore", "-t:Gate", "-nodeReuse:false", "--nologo");
        Task<string> output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.True(SpinWait.SpinUntil(() => IsAsking(project) || build.HasExited, 120_000), "the engine did not start");
        GateTool.Interrupt(build);
        long start = Stopwatch.GetTimestamp();
        Assert.True(SpinWait.SpinUntil(() => !HasEngine(project), 30_000), "the engine did not end");
        // A second is the promise on a machine that is free; the tests share theirs.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3), $"the engine took {Stopwatch.GetElapsedTime(start)} to end");
        Assert.True(build.WaitForExit(30_000), "the build did not end");
        string text = await output + await error;
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("error GATE9003", text, StringComparison.Ordinal);
    }

    // A process of the engine that stands in the project's folder.
    private static bool HasEngine(string project)
    {
        Thread.Sleep(20);
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget == project
                    && File.ReadAllText(Path.Combine(process, "cmdline")).Contains("gate.dll", StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or belongs to somebody else.
            }
        }

        return false;
    }

    private static bool IsAsking(string project)
    {
        Thread.Sleep(50);
        string folder = Path.Combine(project, "obj", "gate");
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.log").Any(log => Read(log).Contains("asking the dense model", StringComparison.Ordinal));
    }

    private static string Read(string log)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
