using System.Diagnostics;
using System.Text.Json;

namespace Gate.EndToEnd.Tool;

/// <summary>The commands that describe: configuration, machine, plan, diagnostics, completions.</summary>
public sealed class DescriptionTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Config_origins_names_the_source_of_every_value()
    {
        _gate.WriteGate(GateTool.SampleModel);

        string output = _gate.Run("config", "--origins", "--suite.seed", "9").Ends(0).Out;

        Assert.Matches(@"(?m)^thresholds\.retention +0\.5 +gate\.json\(5,32\)", output);
        Assert.Matches("(?m)^suite\\.seed +9 +option --suite\\.seed", output);
        Assert.Matches("(?m)^decision\\.confidence +0\\.95 +default", output);
        Assert.Matches("(?m)^budget\\.size +- +not set", output);
    }

    [Fact]
    [Trait("Complaint", "18")]
    public void A_dry_run_predicts_without_compressing_or_asking()
    {
        _gate.WriteGate(GateTool.SampleModel);

        JsonElement forecast = JsonDocument.Parse(_gate.Run("run", "--dry-run", "--json").Ends(0).Out).RootElement;

        Assert.Equal(28, forecast.GetProperty("layers").GetArrayLength());
        Assert.Equal(60, forecast.GetProperty("tasks")[0].GetProperty("items").GetInt32());
        Assert.Equal(0, forecast.GetProperty("tasks")[0].GetProperty("denseKept").GetInt32());
        Assert.Equal("thresholds.retention", forecast.GetProperty("power")[0].GetProperty("key").GetString());
        Assert.True(forecast.GetProperty("peakBytes").GetInt64() > 2_000_000);
        Assert.False(Directory.Exists(_gate.PathOf("out")));

        _gate.Run("run").Ends(0);
        forecast = JsonDocument.Parse(_gate.Run("run", "--dry-run", "--json").Ends(0).Out).RootElement;
        Assert.Equal(60, forecast.GetProperty("tasks")[0].GetProperty("denseKept").GetInt32());
        Assert.Equal(60, forecast.GetProperty("tasks")[0].GetProperty("candidateKept").GetInt32());
        Assert.True(forecast.GetProperty("candidateIsKept").GetBoolean());
    }

    [Fact]
    public void A_dry_run_refuses_what_the_run_would_refuse()
    {
        _gate.WriteGate(GateTool.SampleModel, more: ",\n  \"budget\": { \"compressionRate\": 0.9 }");
        _gate.Run("run", "--dry-run").Ends(2).Says("GATE4010", "misses the budget");
        _gate.Run("run", "--dry-run", "--budget.compressionRate", "0.5", "--recipe.quantize.include", "no.such.layer").Ends(2).Says("no.such.layer");
    }

    [Fact]
    public void Doctor_tells_runtime_vector_width_cache_and_the_configuration_found()
    {
        _gate.WriteGate(GateTool.SampleModel);

        string output = _gate.Run("doctor").Ends(0).Out;

        foreach (string name in (string[])["runtime", "sdk", "simd", "cores", "memory", "free disk"])
            Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.Matches("(?m)^configuration +gate\\.json, valid", output);
        Assert.Contains(_gate.Cache, output, StringComparison.Ordinal);
        _gate.Write("gate.json", "{ \"modle\": 1 }");
        Assert.Matches("(?m)^configuration +gate\\.json: gate\\.json\\(1,3\\): error GATE1003", _gate.Run("doctor").Ends(0).Out);
    }

    [Fact]
    [Trait("Complaint", "08")]
    public void Explain_knows_every_metric_a_threshold_can_name_and_every_code()
    {
        foreach (string metric in (string[])["retention", "sr", "srcr", "maxForgotten", "perplexityRatio"])
            Assert.StartsWith("##", _gate.Run("explain", "metric", metric).Ends(0).Out, StringComparison.Ordinal);
        _gate.Run("explain", "metric", "retenton").Ends(2).Says("did you mean 'retention'?");
        Assert.Contains("remedy:", _gate.Run("explain", "GATE2001").Ends(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public void Completions_hold_every_command_and_the_keys(string shell)
    {
        string script = _gate.Run("completion", shell).Ends(0).Out;
        Assert.Contains("doctor", script, StringComparison.Ordinal);
        Assert.Contains("thresholds.retention", script, StringComparison.Ordinal);
        Assert.Contains("dry-run", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Bash_completes_commands_and_options_with_the_script()
    {
        _gate.Write("gate.bash", _gate.Run("completion", "bash").Ends(0).Out);
        var start = new ProcessStartInfo("bash", ["--norc", "-c",
            "source gate.bash; COMP_WORDS=(gate run --dry); COMP_CWORD=2; _gate; echo \"${COMPREPLY[@]}\"; COMP_WORDS=(gate doc); COMP_CWORD=1; _gate; echo \"${COMPREPLY[@]}\""])
        {
            WorkingDirectory = _gate.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process bash = Process.Start(start)!;
        Assert.Equal("--dry-run\ndoctor\n", bash.StandardOutput.ReadToEnd());
    }
}
