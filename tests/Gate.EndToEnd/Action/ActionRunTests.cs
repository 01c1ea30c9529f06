using Gate.EndToEnd.MSBuild;
using Gate.Tests;

namespace Gate.EndToEnd.Action;

/// <summary>The action's steps, run for real: the tool is packed from this checkout, installed, and judges the samples.</summary>
public sealed class ActionRunTests : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("gate-action-").FullName;
    private readonly string _workspace;
    private readonly CompositeActionRunner _runner;

    public ActionRunTests(PackedPackages packages)
    {
        // The action packs its own checkout; that is quick once it is built, and must not meet another pack.
        Assert.NotEmpty(packages.Feed);
        _workspace = Path.Combine(_scratch, "workspace");
        foreach (string sample in (string[])["models/facts-llama", "quickstart", "breach"])
        {
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf("samples", sample)))
            {
                string target = Path.Combine(_workspace, sample, Path.GetFileName(file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        // What a job that names a version installs from.
        File.WriteAllText(
            Path.Combine(_workspace, "nuget.config"), $"<configuration><packageSources><clear /><add key=\"feed\" value=\"{packages.Feed}\" /></packageSources></configuration>");

        // An SDK that nobody has: the caller's affair, not Gate's.
        File.WriteAllText(Path.Combine(_workspace, "global.json"), """{ "sdk": { "version": "1.2.345", "rollForward": "disable" } }""");
        _runner = new CompositeActionRunner(Repository.Root, _workspace, _scratch);
    }

    // The version that the feed holds; naming none packs the action's own checkout, which the first job does.
    private const string Version = "0.1.0";

    [Fact]
    [Trait("Complaint", "01")]
    public void The_steps_pass_fail_and_report_through_outputs_summary_and_annotations()
    {
        ActionRun pass = _runner.Run(new Dictionary<string, string> { ["config"] = "quickstart" });

        Assert.True(pass.Succeeded, pass.Log);
        Assert.Equal("passed", pass.Outputs["verdict"]);
        Assert.Equal("0", pass.Outputs["exit-code"]);
        Assert.Equal("0.8125", pass.Outputs["tcr"]);
        Assert.Equal(pass.Outputs["sr"], pass.Outputs["retention"]);
        Assert.InRange(double.Parse(pass.Outputs["retention"], System.Globalization.CultureInfo.InvariantCulture), 0.9, 1);
        Assert.Equal("false", pass.Outputs["cache-hit"]);
        Assert.All((string[])["report-json", "junit", "markdown"], name =>
            Assert.True(File.Exists(Path.Combine(_workspace, pass.Outputs[name])), $"{name}: {pass.Outputs[name]}"));
        Assert.Contains("retention", pass.Summary, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(pass.Summary), 1, 64 * 1024);

        // The same inputs again: the item results come out of the cache.
        ActionRun again = _runner.Run(new Dictionary<string, string> { ["config"] = "quickstart" });
        Assert.True(again.Succeeded, again.Log);
        Assert.Equal("true", again.Outputs["cache-hit"]);
        Assert.Equal(pass.Outputs["retention"], again.Outputs["retention"]);

        ActionRun breach = _runner.Run(new Dictionary<string, string> { ["working-directory"] = "breach", ["config"] = "gate.json", ["version"] = Version });
        Assert.False(breach.Succeeded);
        Assert.Equal("breached", breach.Outputs["verdict"]);
        Assert.Equal("1", breach.Outputs["exit-code"]);
        Assert.NotEqual("0", breach.Outputs["forgotten-count"]);
        string[] annotations = [.. breach.Log.Split('\n').Where(line => line.StartsWith("::error", StringComparison.Ordinal))];
        Assert.InRange(annotations.Length, 1, 10);
        Assert.Contains("GATE2001", annotations[0], StringComparison.Ordinal);
        Assert.Contains("file=breach/gate.json,", annotations[0], StringComparison.Ordinal);
        Assert.Equal("breach/out/results.json", breach.Outputs["report-json"]);
        Assert.Equal(16, breach.Outputs["run-key"].Length);
        Assert.Contains("Failed: 3", breach.Summary, StringComparison.OrdinalIgnoreCase);

        ActionRun tolerated = _runner.Run(new Dictionary<string, string> { ["config"] = "breach", ["fail-on-breach"] = "false", ["version"] = Version });
        Assert.True(tolerated.Succeeded, tolerated.Log);
        Assert.Equal("breached", tolerated.Outputs["verdict"]);

        ActionRun wrong = _runner.Run(new Dictionary<string, string> { ["config"] = "quickstart", ["retention"] = "95", ["version"] = Version });
        Assert.False(wrong.Succeeded);
        Assert.Equal("error", wrong.Outputs["verdict"]);
        Assert.Equal("2", wrong.Outputs["exit-code"]);
        Assert.Contains("GATE1006", wrong.Summary, StringComparison.Ordinal);
        Assert.Single(wrong.Log.Split('\n'), line => line.StartsWith("::error", StringComparison.Ordinal));

        // A model that is not there: the summary says so, and the earlier run's JUnit file is no longer green.
        ActionRun missing = _runner.Run(new Dictionary<string, string> { ["config"] = "quickstart", ["model"] = "models/none", ["version"] = Version });
        Assert.False(missing.Succeeded);
        Assert.Equal("error", missing.Outputs["verdict"]);
        Assert.Equal("4", missing.Outputs["exit-code"]);
        Assert.Contains("GATE3001", missing.Summary, StringComparison.Ordinal);
        Assert.Single(missing.Log.Split('\n'), line => line.StartsWith("::error", StringComparison.Ordinal));
        Assert.Contains("GATE3001", File.ReadAllText(Path.Combine(_workspace, missing.Outputs["junit"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_matrix_are_merged_to_the_verdict_of_one_run()
    {
        Dictionary<string, string> whole = new() { ["config"] = "quickstart", ["cache"] = "false", ["args"] = "--no-cache", ["version"] = Version };
        ActionRun one = _runner.Run(whole);
        Assert.True(one.Succeeded, one.Log);
        for (int part = 1; part <= 2; part++)
        {
            ActionRun run = _runner.Run(new Dictionary<string, string>(whole) { ["args"] = $"--no-cache\n--shard\n{part}/2" });
            Assert.True(run.Succeeded, run.Log);
            Assert.Equal("none", run.Outputs["verdict"]);
            Assert.Equal("", run.Outputs["retention"]);
            Directory.Move(Path.Combine(_workspace, "quickstart", "out", $"shard-{part}-of-2"), Path.Combine(_workspace, $"part-{part}"));
        }

        ActionRun merged = _runner.Run(new Dictionary<string, string>(whole) { ["merge"] = "part-1\npart-2" });
        Assert.True(merged.Succeeded, merged.Log);
        Assert.Equal(one.Outputs, merged.Outputs);
        Assert.Equal(one.Summary, merged.Summary);

        ActionRun incomplete = _runner.Run(new Dictionary<string, string>(whole) { ["merge"] = "part-1" });
        Assert.False(incomplete.Succeeded);
        Assert.Equal("4", incomplete.Outputs["exit-code"]);
        Assert.Contains("GATE3132", incomplete.Summary, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);
}
