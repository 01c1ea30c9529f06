using System.Diagnostics;

namespace Gate.EndToEnd.Tool;

/// <summary>What other programs read of a run: outputs, dialects, and verdicts that are shared.</summary>
public sealed class SharedVerdictTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void An_unchanged_verdict_is_read_and_a_changed_one_is_worked_out()
    {
        _gate.WriteGate(GateTool.SampleModel);
        ToolRun first = _gate.Run("run", "--if-changed").Ends(0);
        Assert.Contains("asking the candidate", first.Error, StringComparison.Ordinal);

        ToolRun second = _gate.Run("run", "--if-changed").Ends(0);
        Assert.Contains("nothing is run", second.Error, StringComparison.Ordinal);
        Assert.Equal(first.Out, second.Out);

        Assert.Contains("asking", _gate.Run("run", "--if-changed", "--thresholds.retention", "0.4").Ends(0).Error, StringComparison.Ordinal);
        File.AppendAllText(_gate.PathOf("out", "gate.md"), "edited");
        Assert.Contains("asking", _gate.Run("run", "--if-changed", "--thresholds.retention", "0.4").Ends(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_at_once_do_the_work_once()
    {
        _gate.WriteGate(GateTool.SampleModel, limit: 400);
        using Process one = _gate.Start("run");
        using Process two = _gate.Start("run");
        Task<string>[] said = [one.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), two.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)];
        _ = one.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = two.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(one.WaitForExit(120_000) && two.WaitForExit(120_000));

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        string[] texts = await Task.WhenAll(said);
        Assert.Equal(1, texts.Count(text => text.Contains("waiting for it", StringComparison.Ordinal)));
        Assert.Equal(1, texts.Count(text => text.Contains("asking the candidate", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2, "", "run", "--no-such-option")]
    [InlineData(2, "", "run", "--thresholds.retention", "95")]
    [InlineData(4, "junit=out/gate.junit.xml\nsummary=out/gate.summary.md\n", "run", "--model", "no-such-model")]
    public void Outputs_are_written_when_a_run_ends_in_an_error(int code, string reports, params string[] arguments)
    {
        _gate.WriteGate(GateTool.SampleModel);
        _gate.Write("outputs", "verdict=passed\n");

        _gate.Run([.. arguments, "--outputs-file", "outputs"]).Ends(code);

        string[] outputs = File.ReadAllLines(_gate.PathOf("outputs"));
        Assert.Equal(["verdict=error", $"exit-code={code}"], outputs[..2]);
        Assert.StartsWith("message=", outputs[2], StringComparison.Ordinal);
        Assert.Contains("error GATE", outputs[2], StringComparison.Ordinal);
        Assert.Equal(reports, string.Concat(outputs[3..].Select(line => $"{line}\n")));
    }

    [Fact]
    public void Sarif_is_written_on_request_only_and_rendered_again()
    {
        _gate.WriteGate(GateTool.SampleModel);
        _gate.Run("run").Ends(0);
        Assert.False(File.Exists(_gate.PathOf("out", "gate.sarif")));
        _gate.Run("run", "--reports.sarif", "out/gate.sarif", "--outputs-file", "outputs").Ends(0);
        Assert.Contains("sarif=out/gate.sarif", File.ReadAllText(_gate.PathOf("outputs")), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_gate.PathOf("out", "gate.sarif")), _gate.Run("report", "out/results.json", "--format", "sarif").Ends(0).Out);
    }

    [Theory]
    [InlineData("github", "::error file=gate.json,line=5,col=19,title=GATE2001 thresholds.retention::")]
    [InlineData("azure", "##vso[task.logissue type=error;sourcepath=gate.json;linenumber=5;columnnumber=19;code=GATE2001;]")]
    [InlineData("teamcity", "##teamcity[buildProblem description='GATE2001 ")]
    [InlineData("msbuild", "gate.json(5,19): error GATE2001: ")]
    [InlineData("gitlab", "gate.json(5,19): error GATE2001: ")]
    public void A_breach_is_told_at_the_rule_in_every_dialect(string dialect, string start)
    {
        _gate.WriteGate(GateTool.SampleModel);
        ToolRun run = _gate.Run("run", "--log-format", dialect, "--recipe.quantize.bits", "2").Ends(1);
        string[] lines = [.. run.Error.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal))];
        Assert.True(lines.Length == 1, run.Error);
    }
}
