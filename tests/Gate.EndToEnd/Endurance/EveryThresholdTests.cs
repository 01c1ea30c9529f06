using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Gate.EndToEnd.Tool;
using Gate.Results;

namespace Gate.EndToEnd.Endurance;

/// <summary>Whatever is configured is in the verdict, and everything that tells the verdict tells the same.</summary>
public sealed class EveryThresholdTests : IDisposable
{
    private static readonly string[] Tasks = ["factoid-qa", "mcqa", "perplexity", "lama"];
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    [Trait("Complaint", "06")]
    public void Every_configured_threshold_is_in_the_verdict_once_and_exit_code_JUnit_Markdown_and_JSON_agree()
    {
        var random = new Random(2026);
        HashSet<VerdictState> seen = [];
        for (int i = 0; i < 14; i++)
        {
            string[] tasks = [.. Tasks.Where(_ => random.Next(3) > 0).DefaultIfEmpty("mcqa")];
            Dictionary<string, double> thresholds = RandomThresholds(random, tasks);
            _gate.Write("gate.json", Configuration(random, tasks, thresholds));
            ToolRun run = _gate.Run("run");
            GateResults results = ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));
            Assert.Equal(thresholds.Keys.Order(StringComparer.Ordinal), results.Verdict.Rules.Select(rule => rule.Key).Order(StringComparer.Ordinal));
            Assert.All(results.Verdict.Rules, rule => Assert.Equal(thresholds[rule.Key], rule.Limit));
            Assert.Equal(results.Verdict.ExitCode, run.ExitCode);
            Assert.Equal(ExpectedCode(results), run.ExitCode);
            CheckJunit(results);
            CheckMarkdown(results);
            seen.UnionWith(results.Verdict.Rules.Select(rule => rule.State));
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void No_flag_no_variable_and_no_missing_optional_file_switches_the_statistics_off()
    {
        _gate.CopyModel();
        RunFiles.FixTime(_gate);
        _gate.WriteGate("model", "\"factoid-qa\", \"mcqa\"", limit: 40, more: ", \"decision\": { \"requirePower\": false }");
        string expected = Judged(_gate.Run("run"));
        GateResults results = ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));
        Assert.All(results.Verdict.Rules, rule => Assert.True(rule.Measured!.Lower < rule.Measured.Value, rule.Reason));
        Assert.All(results.Tasks, task => Assert.True(task.CorrectedRetention!.Lower < task.CorrectedRetention.Value && task.Clusters > 1));

        string[] optional = [.. Directory.EnumerateFiles(_gate.PathOf("model")).Where(file => Path.GetFileName(file) is not
            ("model.safetensors" or "config.json" or "tokenizer.json" or "tokenizer_config.json" or "special_tokens_map.json" or "generation_config.json"))];
        Assert.NotEmpty(optional);
        foreach (string file in optional)
            File.Delete(file);
        foreach (string[] flags in new string[][]
        {
            ["--quiet", "--no-color", "--json"], ["--verbosity", "trace", "--threads", "1", "--log-file", "log.txt"],
            ["--no-cache", "--log-format", "github", "--outputs-file", "outputs.txt"], ["--report-dir", "elsewhere"],
        })
        {
            Assert.Equal(expected, Judged(_gate.Run(["run", .. flags]), flags[0] == "--report-dir" ? "elsewhere" : "out"));
        }

        // Not even an environment without a home, a language or a terminal.
        foreach ((string name, string value) in new[] { ("HOME", "/nonexistent"), ("LANG", "tr_TR.UTF-8"), ("TERM", "dumb"), ("CI", ""), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1") })
            _gate.Variables[name] = value;
        Assert.Equal(expected, Judged(_gate.Run("run")));

        string Judged(ToolRun run, string folder = "out")
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_gate.PathOf(folder, "results.json")));
            return string.Join('\n', [$"{run.ExitCode}", .. new[] { "verdict", "tasks", "suite" }.Select(part => document.RootElement.GetProperty(part).GetRawText())]);
        }
    }

    private static int ExpectedCode(GateResults results)
    {
        ILookup<VerdictState, RuleResult> rules = results.Verdict.Rules.ToLookup(rule => rule.State);
        if (rules[VerdictState.Fail].Any())
            return 1;
        if (rules[VerdictState.NotMeasured].Any() || results.Verdict.State == VerdictState.NotMeasured)
            return 4;
        return rules[VerdictState.Inconclusive].Any() && results.Run.OnInconclusive == "fail" ? 3 : 0;
    }

    private void CheckJunit(GateResults results)
    {
        XElement root = XDocument.Load(_gate.PathOf("out", "gate.junit.xml")).Root!;
        XElement[] cases = [.. root.Descendants("testcase")];
        int Count(string name) => int.Parse(root.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        Assert.Equal(Count("tests"), cases.Length);
        foreach ((string attribute, string element) in new[] { ("failures", "failure"), ("errors", "error"), ("skipped", "skipped") })
            Assert.Equal(Count(attribute), cases.Count(test => test.Element(element) is not null));
        int broken = cases.Count(test => test.Element("failure") is not null || test.Element("error") is not null);
        Assert.Equal(results.Verdict.ExitCode == 0, broken == 0);
        Assert.True(cases.Length >= results.Verdict.Rules.Length);
    }

    private void CheckMarkdown(GateResults results)
    {
        string[] rows = File.ReadAllLines(_gate.PathOf("out", "gate.md"));
        foreach (RuleResult rule in results.Verdict.Rules)
        {
            string row = Assert.Single(rows, line => line.Replace("\\", "", StringComparison.Ordinal).StartsWith($"| {rule.Key} |", StringComparison.Ordinal));
            string state = rule.State == VerdictState.NotMeasured ? "not measured" : rule.State.ToString().ToLowerInvariant();
            Assert.StartsWith(state, row.Split('|')[2].Trim(' ', '*'), StringComparison.Ordinal);
        }

        Assert.Contains(results.Verdict.Summary, File.ReadAllText(_gate.PathOf("out", "gate.md")).Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static Dictionary<string, double> RandomThresholds(Random random, string[] tasks)
    {
        Dictionary<string, double> thresholds = new(StringComparer.Ordinal) { ["thresholds.retention"] = Limit(random) };
        if (random.Next(2) == 0)
            thresholds["thresholds.srcr"] = Limit(random);
        if (random.Next(2) == 0)
            thresholds["thresholds.maxForgotten"] = Math.Round(0.01 + (random.NextDouble() * 0.5), 3);
        if (random.Next(2) == 0)
            thresholds["thresholds.perplexityRatio"] = Math.Round(1 + (random.NextDouble() * 0.5), 3);
        foreach (string task in tasks)
        {
            if (random.Next(2) == 0)
                thresholds[$"thresholds.tasks.{task}.retention"] = Limit(random);
            if (random.Next(3) == 0)
                thresholds[$"thresholds.tasks.{task}.{(task == "perplexity" ? "perplexityRatio" : "maxForgotten")}"] = task == "perplexity" ? 1.05 : 0.05;
            if (random.Next(6) == 0)
                thresholds[$"thresholds.tasks.{task}.{(task == "perplexity" ? "maxForgotten" : "perplexityRatio")}"] = task == "perplexity" ? 0.05 : 1.05;
        }

        return thresholds;
    }

    private static double Limit(Random random) => Math.Round(0.5 + (random.NextDouble() * 0.5), 3);

    private static string Configuration(Random random, string[] tasks, Dictionary<string, double> thresholds)
    {
        string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
        string suite = string.Join(", ", thresholds.Where(pair => !pair.Key.Contains("tasks", StringComparison.Ordinal))
            .Select(pair => $"\"{pair.Key.Split('.')[^1]}\": {Number(pair.Value)}"));
        string perTask = string.Join(", ", tasks.Select(task => $"\"{task}\": {{ " + string.Join(", ", thresholds
            .Where(pair => pair.Key.StartsWith($"thresholds.tasks.{task}.", StringComparison.Ordinal))
            .Select(pair => $"\"{pair.Key.Split('.')[^1]}\": {Number(pair.Value)}")) + " }"));
        return $$"""
            {
              "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
              "recipe": { "quantize": { "bits": {{random.Next(2, 5)}}, "groupSize": 32 } },
              "suite": { "tasks": [{{string.Join(", ", tasks.Select(task => $"\"{task}\""))}}], "limit": {{random.Next(20, 60)}} },
              "thresholds": { {{suite}}, "tasks": { {{perTask}} } },
              "decision": { "rule": "{{(random.Next(4) == 0 ? "point" : "confidence")}}", "onInconclusive": "{{(random.Next(3) == 0 ? "warn" : "fail")}}", "requirePower": false }
            }
            """;
    }
}
