using System.Text.RegularExpressions;

namespace Gate.EndToEnd.MSBuild;

/// <summary>Real builds of projects that consume the packed package.</summary>
public sealed partial class BuildTests(PackedPackages packages)
{
    private const string OneTarget = "<TargetFramework>net10.0</TargetFramework>";
    private const string OnBuild = OneTarget + "<GateRunOnBuild>true</GateRunOnBuild>";

    [Fact]
    public void A_passing_gate_builds_green_with_one_line_sets_outputs_and_asks_nothing_when_nothing_changed()
    {
        string project = packages.NewProject("green", OnBuild);

        (int code, string output) = Build(project);
        Assert.True(code == 0, output);
        Assert.Contains("SAID net10.0 verdict=passed retention=0.9", output, StringComparison.Ordinal);
        Assert.Contains("reports=json;junit;markdown", output, StringComparison.Ordinal);
        Assert.Single(VerdictLine().Matches(output));

        (code, output) = Build(project);
        Assert.True(code == 0, output);
        Assert.Contains("nothing is run", Log(project), StringComparison.Ordinal);
        Assert.Contains("SAID net10.0 verdict=passed", output, StringComparison.Ordinal);
        Assert.Single(VerdictLine().Matches(output));

        // Everything that can change the verdict is looked at, whatever the time of any file.
        foreach (string[] change in (string[][])[["-p:Argument=--suite.seed=8"], ["-p:GateReportDir=reports"]])
        {
            (code, output) = Build(project, change);
            Assert.True(code == 0, output);
            Assert.Contains("judging", Log(project), StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(project, "reports", "Consumer", "results.json")));
        Directory.Delete(Path.Combine(project, "out"), recursive: true);
        (code, output) = Build(project);
        Assert.True(code == 0, output);
        Assert.True(File.Exists(Path.Combine(project, "out", "results.json")));
    }

    [Fact]
    public void Gates_of_several_models_have_folders_of_their_own_and_two_of_one_name_are_an_error()
    {
        string project = packages.NewProject("two models", OnBuild);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(project, "..", "models", "facts-llama")))
        {
            string target = Path.Combine(project, "..", "models", "other", Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllText(Path.Combine(project, "gate.json"), """
            {
              "recipe": { "quantize": { "bits": 4, "groupSize": 32 } },
              "suite": { "tasks": ["factoid-qa"], "limit": 60 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        string text = File.ReadAllText(Path.Combine(project, "Consumer.csproj"));
        void Judge(string items) => File.WriteAllText(
            Path.Combine(project, "Consumer.csproj"), text.Replace("</ItemGroup>", items + "</ItemGroup>", StringComparison.Ordinal));
        Judge("""<GateModel Include="../models/facts-llama;../models/other" />""");
        (int code, string output) = Build(project);
        Assert.True(code == 0, output);
        foreach (string name in (string[])["facts-llama", "other"])
        {
            Assert.Contains($"\"path\": \"{name}\"", File.ReadAllText(Path.Combine(project, "out", name, "results.json")), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(project, "out", name, "candidate", "model.safetensors")));
        }

        Judge("""<GateModel Include="../models/facts-llama" /><GateModel Include="../models/facts-llama" Config="gate.json" />""");
        (code, output) = Build(project);
        Assert.Equal(1, code);
        Assert.Contains("error GATE1014: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_that_is_asked_to_judge_and_has_no_configuration_fails()
    {
        string project = packages.NewProject("nothing to judge", OnBuild);
        File.Delete(Path.Combine(project, "gate.json"));
        (int code, string output) = Build(project);
        Assert.Equal(1, code);
        Assert.Contains("error GATE1001: no gate.json beside Consumer.csproj", output, StringComparison.Ordinal);
        (code, output) = Build(project, "-p:GateEnabled=false");
        Assert.True(code == 0, output);
    }

    [Fact]
    [Trait("Complaint", "01")]
    public void A_breach_is_an_error_with_code_file_line_and_column_each_time()
    {
        string project = packages.NewProject("red with spaces", OnBuild, "breach");

        for (int attempt = 0; attempt < 2; attempt++)
        {
            (int code, string output) = Build(project);

            Assert.Equal(1, code);
            Assert.Matches(@"gate\.json\([0-9]+,[0-9]+\): error GATE2001: ", output);
            Assert.DoesNotContain("MSB3073", output, StringComparison.Ordinal);
            Assert.DoesNotContain("MSB6006", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Complaint", "23")]
    public void A_wrong_configuration_and_a_missing_model_are_each_one_error_with_a_code_of_their_own()
    {
        string project = packages.NewProject("wrong", OnBuild);
        string gate = Path.Combine(project, "gate.json");
        string text = File.ReadAllText(gate);

        File.WriteAllText(gate, text.Replace("\"thresholds\"", "\"treshholds\"", StringComparison.Ordinal));
        (int code, string output) = Build(project);
        Assert.Equal(1, code);
        Assert.Matches(@"gate\.json\([0-9]+,[0-9]+\): error GATE10[0-9]{2}: .*thresholds.*\[log: .*obj/gate/[0-9a-f]+\.log\]", output);
        Assert.Single(Errors(output));

        File.WriteAllText(gate, text.Replace("facts-llama", "no-such-model", StringComparison.Ordinal));
        (code, output) = Build(project);
        Assert.Equal(1, code);
        Assert.Matches(@"error GATE30[0-9]{2}: .*\[log: .*\.log\]", output);
        Assert.Contains("no-such-model", output, StringComparison.Ordinal);
        Assert.Single(Errors(output));
    }

    // The engine itself may be what is broken: it dies without a diagnostic, or with that of a defect.
    [Fact]
    [Trait("Complaint", "23")]
    public void A_missing_and_a_crashing_engine_are_each_one_error_with_a_code()
    {
        string project = packages.NewProject("crash", OnBuild);
        string engine = Path.Combine(Path.GetDirectoryName(project)!, "engine");
        string properties = $"-p:_GateEngineAssembly={engine}/gate.dll";

        (int code, string output) = Build(project, properties);
        Assert.Equal(1, code);
        Assert.Matches("error GATE9002: .*gate\\.dll is missing", output);
        Assert.Single(Errors(output));

        Directory.CreateDirectory(engine);
        File.WriteAllText(Path.Combine(engine, "gate.dll"), "no assembly");
        (code, output) = Build(project, properties);
        Assert.Equal(1, code);
        Assert.Matches(@"error GATE9001: Gate ended unexpectedly \(exit code [0-9]+\); log: .*\.log", output);
        Assert.Single(Errors(output));
    }

    [Fact]
    public void A_breach_can_be_a_warning()
    {
        string project = packages.NewProject("softened", OnBuild + "<GateBreachAsWarning>true</GateBreachAsWarning>", "breach");

        (int code, string output) = Build(project);

        Assert.True(code == 0, output);
        Assert.Matches(@"gate\.json\([0-9]+,[0-9]+\): warning GATE2001: ", output);
        Assert.Contains("verdict=breached", output, StringComparison.Ordinal);

        // What was waved through once is still a breach.
        (code, output) = Build(project, "-p:GateBreachAsWarning=false");
        Assert.Equal(1, code);
        Assert.Matches(@"gate\.json\([0-9]+,[0-9]+\): error GATE2001: ", output);
    }

    [Fact]
    public void The_inner_loop_and_design_time_builds_do_not_run_the_gate_but_the_target_always_exists()
    {
        string project = packages.NewProject("inner loop", OneTarget);

        (int code, string output) = Build(project);
        Assert.True(code == 0, output);
        Assert.False(Directory.Exists(Path.Combine(project, "obj", "gate")));

        (code, output) = Build(project, "-p:GateRunOnBuild=true", "-p:DesignTimeBuild=true");
        Assert.True(code == 0, output);
        Assert.False(Directory.Exists(Path.Combine(project, "obj", "gate")));

        (code, output) = Build(project, "-t:Gate");
        Assert.True(code == 0, output);
        Assert.Single(Directory.GetFiles(Path.Combine(project, "obj", "gate"), "*.outputs"));
    }

    [Fact]
    public void A_multi_targeted_project_runs_the_gate_once()
    {
        string project = packages.NewProject(
            "two targets", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><GateRunOnBuild>true</GateRunOnBuild>");
        // The reference assemblies of netstandard2.0 are a package: this project alone restores from the machine's own sources too.
        string sources = Path.Combine(project, "..", "nuget.config");
        File.WriteAllText(sources, File.ReadAllText(sources).Replace("<clear />", "", StringComparison.Ordinal));

        (int code, string output) = Build(project, "-v:normal");

        Assert.True(code == 0, output);
        Assert.Single(Said().Matches(output));
        Assert.Single(Directory.GetFiles(Path.Combine(project, "obj", "gate"), "*.outputs"));
    }

    // What the engine of the last build said.
    private static string Log(string project)
    {
        string log = new DirectoryInfo(Path.Combine(project, "obj", "gate")).GetFiles("*.log").OrderBy(file => file.LastWriteTimeUtc).Last().FullName;
        string[] lines = File.ReadAllLines(log);
        int start = Array.FindLastIndex(lines, line => line.Contains("nothing is run", StringComparison.Ordinal) || line.Contains("loading ", StringComparison.Ordinal));
        return string.Join('\n', lines[Math.Max(start, 0)..]);
    }

    private (int ExitCode, string Output) Build(string project, params string[] arguments) =>
        packages.Dotnet(project, ["build", "--nologo", "-nodeReuse:false", .. arguments]);

    // MSBuild prints each error where it happens and again in the summary.
    private static IEnumerable<string> Errors(string output) =>
        output.Split('\n').Where(line => ErrorLine().IsMatch(line)).Select(line => line.Trim()).Distinct(StringComparer.Ordinal);

    // An error without a file has nothing in front of it.
    [GeneratedRegex(@"(^|\s)error [A-Z]+[0-9]+:")]
    private static partial Regex ErrorLine();

    [GeneratedRegex("^ *gate: .*$", RegexOptions.Multiline)]
    private static partial Regex VerdictLine();

    [GeneratedRegex("SAID ")]
    private static partial Regex Said();
}
