using Gate.EndToEnd.Tool;
using Gate.Results;

namespace Gate.EndToEnd.Endurance;

/// <summary>A hopeless candidate is stopped early, the same whatever the cache holds; a suite that is too small says so before the work.</summary>
public sealed class EarlyStopTests : IDisposable
{
    private readonly GateTool _gate = new();

    public EarlyStopTests() => RunFiles.FixTime(_gate);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void A_catastrophic_candidate_is_stopped_after_few_items_with_the_same_bytes_from_any_cache()
    {
        WriteGate(bits: 2, more: "\"earlyStop\": true");
        ToolRun first = _gate.Run("run").Ends(1).Says("GATE2032");
        GateResults results = ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));
        Assert.Equal(VerdictState.Fail, results.Verdict.State);
        Assert.InRange(results.Tasks.Sum(task => task.Items), 50, 80);
        Assert.Contains("can decide thresholds.tasks.factoid-qa.retention", first.Error, StringComparison.Ordinal);
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        _gate.Run("run", "--no-cache").Ends(1);
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
        _gate.Run("run", "--decision.earlyStop", "false").Ends(1);
        _gate.Run("run").Ends(1);
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
    }

    [Fact]
    public void On_the_facts_suite_a_catastrophic_candidate_is_stopped_after_a_median_of_at_most_80_items()
    {
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
              "recipe": { "prune": { "method": "magnitude", "sparsity": 0.55 }, "quantize": { "bits": 4 } },
              "suite": { "tasks": ["lama", "factoid-qa", "mcqa", "incontext-qa"] },
              "thresholds": { "retention": 0.95, "tasks": { "factoid-qa": { "retention": 0.93, "maxForgotten": 0.07 } } },
              "decision": { "earlyStop": true, "unseenClusters": "accept" }
            }
            """);
        List<int> items = [];
        for (int seed = 1; seed <= 9; seed++)
        {
            _gate.Run("run", "--suite.seed", $"{seed}").Ends(1);
            GateResults results = ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));
            items.Add(results.Tasks.Sum(task => task.Items));
        }

        items.Sort();
        Assert.InRange(items[4], 50, 80);
        Assert.InRange(items[^1], 50, 150);
    }

    [Fact]
    public void A_good_candidate_is_never_failed_by_looking_early()
    {
        WriteGate(bits: 8, more: "\"earlyStop\": true");
        _gate.Run("run").Ends(0);
    }

    [Fact]
    public void A_suite_that_is_too_small_is_refused_before_the_work_unless_told_otherwise()
    {
        WriteGate(bits: 4, more: "");
        _gate.Run("run", "--suite.limit", "20").Ends(2).Says("GATE2030", "thresholds.tasks.factoid-qa.retention", "give 80 %", "gate.json(");
        Assert.False(Directory.Exists(_gate.PathOf("out", "candidate")));
        ToolRun told = _gate.Run("run", "--suite.limit", "20", "--decision.requirePower", "false");
        Assert.Contains("can hardly decide thresholds.tasks.factoid-qa.retention", told.Error, StringComparison.Ordinal);
    }

    private void WriteGate(int bits, string more) => _gate.Write("gate.json", $$"""
        {
          "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
          "recipe": { "quantize": { "bits": {{bits}} } },
          "suite": { "tasks": ["factoid-qa", "mcqa"], "limit": 400 },
          "thresholds": { "retention": 0.9, "tasks": { "factoid-qa": { "retention": 0.9 } } },
          "decision": { {{more}} }
        }
        """);
}
