using System.Text.RegularExpressions;

namespace Gate.EndToEnd.Tool;

/// <summary>
/// Complaint 4: a crash that ends with exit code 0, or with the code of a breach. The defect is a real one: an installation of the tool of which one
/// assembly is damaged, so that the program fails in the middle of whatever first needs it.
/// </summary>
public sealed partial class DefectTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("Gate.Core.dll")]
    [InlineData("Gate.Models.dll")]
    [InlineData("Gate.Evaluation.dll")]
    [InlineData("Gate.Compression.dll")]
    [InlineData("Gate.Reporting.dll")]
    [InlineData("Gate.Diagnostics.dll")]
    public void Complaint_04_a_defect_at_any_stage_ends_with_70_and_a_report_file_and_shows_no_stack(string assembly)
    {
        _gate.Installation = CopyInstallation();
        string damaged = Path.Combine(_gate.Installation, assembly);
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..1000]);
        _gate.Variables["TMPDIR"] = Directory.CreateDirectory(_gate.PathOf("tmp")).FullName;
        _gate.WriteGate(GateTool.SampleModel);

        ToolRun run = _gate.Run("run", "--outputs-file", "outputs").Ends(70);

        Match report = Report().Match(run.Error);
        Assert.True(report.Success, run.Error);
        Assert.DoesNotContain("   at ", run.Out + run.Error, StringComparison.Ordinal);
        string text = File.ReadAllText(report.Groups[1].Value);
        Assert.Contains("   at Gate.", text, StringComparison.Ordinal);
        Assert.StartsWith("gate 0.", text, StringComparison.Ordinal);
        Assert.Contains("command line: ", text, StringComparison.Ordinal);
        Assert.False(File.Exists(_gate.PathOf("out", "results.json")));
    }

    [Fact]
    public void A_defect_whose_report_cannot_be_written_still_ends_with_70_and_says_so()
    {
        _gate.Installation = CopyInstallation();
        File.WriteAllBytes(Path.Combine(_gate.Installation, "Gate.Evaluation.dll"), []);
        _gate.Variables["TMPDIR"] = _gate.PathOf("nowhere");
        _gate.WriteGate(GateTool.SampleModel);

        ToolRun run = _gate.Run("run", "--outputs-file", "outputs").Ends(70).Says("GATE9001", "no report could be written");

        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("verdict=error\nexit-code=70\n", File.ReadAllText(_gate.PathOf("outputs")));
    }

    // The tool's own files, as a package installs them.
    private string CopyInstallation()
    {
        string target = Directory.CreateDirectory(_gate.PathOf("installation")).FullName;
        foreach (string pattern in (string[])["gate.*", "Gate.*.dll", "System.CommandLine.dll", "Spectre.Console.dll"])
        {
            foreach (string file in Directory.EnumerateFiles(GateTool.Built, pattern))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        return target;
    }

    [GeneratedRegex(@"error GATE9001: a defect in Gate \(.+\); the report is in (\S+\.log)")]
    private static partial Regex Report();
}
