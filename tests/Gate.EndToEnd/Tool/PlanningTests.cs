using Gate.Tests;

namespace Gate.EndToEnd.Tool;

/// <summary>A budget without a recipe, from the command line, on the sample model.</summary>
public sealed class PlanningTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("compressionRate", "0.95", "has TCr 0.9375")]
    [InlineData("bitsPerWeight", "2.1", "has 2.104167 bits per weight")]
    [InlineData("size", "1MiB", "bytes")]
    [InlineData("ratio", "0.4", "of the dense model's bytes")]
    public void An_infeasible_budget_is_refused_with_the_floor_before_anything_is_made(string kind, string value, string floor)
    {
        foreach (string[] command in new[] { new[] { "run", GateTool.SampleModel }, ["run", GateTool.SampleModel, "--dry-run"], ["compress", GateTool.SampleModel] })
            _gate.Run([.. command, $"--budget.{kind}", value]).Ends(2).Says("GATE4070", floor, "Relax the budget to");
        Assert.False(Directory.Exists(_gate.PathOf("out", "candidate")));
        Assert.False(Directory.Exists(Path.Combine(_gate.Cache, "planning")));
    }

    [Fact]
    public void A_calibrated_plan_for_a_packed_format_is_within_the_bytes_the_format_writes()
    {
        string calibration = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl");
        ToolRun run = _gate.Run(
            "compress", GateTool.SampleModel, "--budget.ratio", "0.66", "--recipe.calibration.data", calibration, "--recipe.calibration.samples", "8",
            "--recipe.calibration.sequenceLength", "128", "--output.format", "gptq", "-o", "candidate", "--planning.tokens", "512");
        run.Ends(0).Says("GATE4071", "by gptq, calibrated on 8 packed windows of 128 tokens", "relative squared output error");
        Assert.True(new FileInfo(_gate.PathOf("candidate", "model.safetensors")).Length <= 0.66 * 2_623_744);
        Assert.Contains("\"quant_method\": \"gptq\"", File.ReadAllText(_gate.PathOf("candidate", "config.json")), StringComparison.Ordinal);
    }
}
