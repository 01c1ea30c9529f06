using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Gate.EndToEnd.Tool;

/// <summary>What is drawn on a terminal, and what is never written anywhere else.</summary>
public sealed partial class LiveProgressTests : IDisposable
{
    private const string Recorder = "/usr/bin/script";
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void On_a_terminal_bars_move_and_are_gone_before_the_tables()
    {
        _gate.WriteGate(GateTool.SampleModel, limit: 400);

        string seen = OnTerminal("");

        Assert.Contains("━", seen, StringComparison.Ordinal);
        Assert.True(Percentages().Matches(seen).Select(match => match.Value).Distinct().Count() > 3, "the bars did not move");
        Assert.Contains("dense factoid-qa", seen, StringComparison.Ordinal);
        Assert.Contains("\u001b[32", Colors().Replace(seen, "\u001b[32"), StringComparison.Ordinal);
        // The cursor is hidden while bars are drawn, and shown again before the first table.
        int shown = seen.LastIndexOf("\u001b[?25h", StringComparison.Ordinal);
        Assert.InRange(shown, 0, seen.IndexOf('╭', StringComparison.Ordinal));
        Assert.DoesNotContain("━━━━", seen[shown..], StringComparison.Ordinal);
        Assert.Contains("Passed:", seen[shown..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO_COLOR=1", true)]
    [InlineData("TERM=dumb", false)]
    [InlineData("CI=true", false)]
    public void Variables_take_away_colours_or_all_drawing(string variable, bool draws)
    {
        _gate.WriteGate(GateTool.SampleModel);

        string seen = OnTerminal(variable);

        Assert.DoesNotContain("\u001b[38", seen, StringComparison.Ordinal);
        Assert.Equal(draws, seen.Contains("\u001b[?25l", StringComparison.Ordinal));
        Assert.Contains("Passed:", seen, StringComparison.Ordinal);
    }

    // Complaint 25: 1,400 spinner lines in the log of a server.
    [Fact]
    public void Complaint_25_a_redirected_run_writes_few_plain_lines()
    {
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\", \"lama\", \"mcqa\"", limit: 1000);

        ToolRun run = _gate.Run("run").Ends(0);

        Assert.DoesNotContain('\r', run.Error);
        Assert.DoesNotContain('\u001b', run.Error + run.Out);
        Assert.InRange(run.Error.Split('\n').Length, 5, 15 + ((int)run.Elapsed.TotalSeconds / 10));
    }

    // A pseudo-terminal from util-linux, which every Debian has; without it there is nothing to look at.
    private string OnTerminal(string variable)
    {
        Assert.SkipUnless(File.Exists(Recorder), "no script program here to make a terminal");
        string command = $"dotnet '{Path.Combine(_gate.Installation, "gate.dll")}' run";
        var start = new ProcessStartInfo(Recorder, ["-qec", $"stty cols 120 rows 40; {command}", "/dev/null"])
        {
            WorkingDirectory = _gate.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (string foreign in (string[])["CI", "NO_COLOR", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "TEAMCITY_VERSION"])
            start.Environment.Remove(foreign);
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["GATE_CACHE_DIR"] = _gate.Cache;
        if (variable.Split('=') is [var name, var value])
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string seen = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, seen);
        return seen;
    }

    [GeneratedRegex("[0-9]+%")]
    private static partial Regex Percentages();

    [GeneratedRegex("\u001b\\[38;5;2m")]
    private static partial Regex Colors();
}
