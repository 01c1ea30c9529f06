using System.Text.Json;
using Gate.Tests;

namespace Gate.EndToEnd.Tool;

/// <summary><c>gate sweep</c> as a process, on the sample model.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly GateTool _gate = new();

    public SweepTests() => File.Copy(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), _gate.PathOf("calibration.jsonl"));

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Calibrated_methods_are_swept_beside_plain_ones_and_the_second_run_makes_and_asks_nothing_again()
    {
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace('\\', '/')}}",
              "recipe": { "calibration": { "data": "calibration.jsonl", "samples": 16, "sequenceLength": 128 } },
              "sweep": {
                "prune": ["wanda", "sparsegpt"], "quantize": ["rtn", "gptq", "awq"], "sparsities": ["0", "0.25"], "bits": ["4"], "scopes": ["all"],
                "tokens": 256, "items": 20, "retention": 0.5
              },
              "suite": { "tasks": ["factoid-qa"], "limit": 100 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        ToolRun first = _gate.Run("sweep").Ends(0);
        string json = File.ReadAllText(_gate.PathOf("out", "sweep", "sweep.json")), page = File.ReadAllText(_gate.PathOf("out", "sweep", "sweep.md"));
        using JsonDocument sweep = JsonDocument.Parse(json);
        string[] names = [.. sweep.RootElement.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("name").GetString()!)];
        Assert.Equal(
            [
                "4 bit rtn", "4 bit gptq", "4 bit awq", "25 % wanda + 4 bit rtn", "25 % wanda + 4 bit gptq", "25 % wanda + 4 bit awq", "25 % sparsegpt + 4 bit rtn",
                "25 % sparsegpt + 4 bit gptq", "25 % sparsegpt + 4 bit awq",
            ],
            names);
        JsonElement cost = sweep.RootElement.GetProperty("cost");
        Assert.True(cost.GetProperty("asked").GetInt64() <= cost.GetProperty("exhaustive").GetInt64());
        Assert.Contains("Calibrated methods saw 16 packed windows of 128 tokens (seed 0) of calibration.jsonl", page, StringComparison.Ordinal);
        Assert.Contains(sweep.RootElement.GetProperty("recommended").GetString()!, first.Out, StringComparison.Ordinal);

        ToolRun second = _gate.Run("sweep").Ends(0);
        Assert.Equal(json, File.ReadAllText(_gate.PathOf("out", "sweep", "sweep.json")));
        Assert.Equal(first.Out, second.Out);
    }

    [Fact]
    public void Parts_of_a_grid_measured_apart_join_to_the_bytes_of_one_sweep_without_measuring_again()
    {
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace('\\', '/')}}",
              "sweep": { "bits": ["2", "3", "4", "8"], "sparsities": ["0", "0.5"], "scopes": ["all"], "tokens": 128, "items": 20, "retention": 0.5 },
              "suite": { "tasks": ["factoid-qa"], "limit": 120 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        ToolRun alone = _gate.Run("sweep", "--no-cache").Ends(0);
        byte[] json = File.ReadAllBytes(_gate.PathOf("out", "sweep", "sweep.json"));
        File.Delete(_gate.PathOf("out", "sweep", "sweep.json"));

        foreach (string part in (string[])["1/2", "2/2"])
            Assert.Contains($"part {part}: 4 of 8 recipes", _gate.Run("sweep", "--shard", part, "--no-cache").Ends(0).Out, StringComparison.Ordinal);
        Assert.False(File.Exists(_gate.PathOf("out", "sweep", "sweep.json")));
        Directory.Move(_gate.PathOf("out", "sweep", "shard-2-of-2"), _gate.PathOf("carried"));
        ToolRun joined = _gate.Run("sweep", "--no-cache", "--parts", "out/sweep/shard-1-of-2", "carried").Ends(0);
        Assert.Equal(json, File.ReadAllBytes(_gate.PathOf("out", "sweep", "sweep.json")));
        Assert.Equal(alone.Out, joined.Out);

        _gate.Run("sweep", "--parts", "out").Ends(4).Says("GATE3131", "gate sweep --shard");
        _gate.Run("sweep", "--shard", "1/2", "--parts", "carried").Ends(2).Says("GATE1010");
    }

    [Fact]
    public void Planned_recipes_are_swept_in_the_format_asked_for_and_the_second_run_measures_nothing_again()
    {
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace('\\', '/')}}",
              "output": { "format": "compressed-tensors" },
              "sweep": {
                "bits": ["3"], "sparsities": ["0"], "scopes": ["all"], "plan": { "bitsPerWeight": ["3.5", "4.5"] }, "tokens": 256, "items": 20, "retention": 0.5
              },
              "planning": { "tokens": 256 },
              "suite": { "tasks": ["factoid-qa"], "limit": 200 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        ToolRun first = _gate.Run("sweep").Ends(0);
        Assert.Contains("planned 4.5 real bits", first.Out, StringComparison.Ordinal);
        Assert.Contains("format            compressed-tensors", first.Out, StringComparison.Ordinal);
        string[] files = [.. new[] { "sweep.json", "sweep.md", "sweep.svg" }.Select(name => File.ReadAllText(_gate.PathOf("out", "sweep", name)))];
        Assert.All(files, text => Assert.Contains("planned 3.5 real bits", text, StringComparison.Ordinal));
        using JsonDocument sweep = JsonDocument.Parse(files[0]);
        JsonElement recommended = sweep.RootElement.GetProperty("candidates").EnumerateArray()
            .Single(candidate => candidate.GetProperty("name").GetString() == sweep.RootElement.GetProperty("recommended").GetString());
        string folder = Assert.Single(Directory.GetDirectories(_gate.PathOf("out", "sweep", "candidates")));
        Assert.Equal(recommended.GetProperty("bytes").GetInt64(), new FileInfo(Path.Combine(folder, "model.safetensors")).Length);

        ToolRun second = _gate.Run("sweep", "--ci").Ends(0);
        Assert.Equal(files[0], File.ReadAllText(_gate.PathOf("out", "sweep", "sweep.json")));
        Assert.Equal(first.Out, second.Out);

        _gate.Run("sweep", "--sweep.bits", "", "--sweep.plan.bitsPerWeight", "4,99").Ends(2).Says("GATE1006", "sweep.plan.bitsPerWeight", "0 < x ≤ 16");
        _gate.Run("sweep", "--sweep.bits", "").Ends(0);
        Assert.DoesNotContain("\"3 bit rtn\"", File.ReadAllText(_gate.PathOf("out", "sweep", "sweep.json")), StringComparison.Ordinal);
        _gate.Write("bad.json", "{\n  \"model\": \"m\",\n  \"sweep\": { \"plan\": { \"ratio\": [\"0.5\", \"50\"] } }\n}\n");
        _gate.Run("sweep", "bad.json").Ends(2).Says("GATE1006", "bad.json(3,41)", "sweep.plan.ratio");
    }

    [Fact]
    public void Without_calibration_data_a_calibrated_method_is_refused_and_the_remedy_names_the_key() =>
        _gate.Run("sweep", GateTool.SampleModel, "--sweep.quantize", "gptq", "--sweep.bits", "4").Ends(2).Says("GATE4052", "\"calibration\"", "calibration.txt");
}
