using Gate.EndToEnd.MSBuild;

namespace Gate.EndToEnd.Packages;

/// <summary>The tool as a user gets it: from the packed file and from nowhere else.</summary>
public sealed class ToolPackageTests(PackedPackages packages)
{
    [Fact]
    public void Tool_exec_runs_the_sample_from_an_empty_folder_with_no_other_source()
    {
        string folder = Directory.CreateDirectory(Path.Combine(packages.Scratch, "exec")).FullName;

        (int code, string output) = packages.Dotnet(
            folder, "tool", "exec", "Gate.Tool", "--configfile", packages.Configuration, "--yes", "--",
            "run", "--sample", "--suite.limit", "100", "--decision.rule", "point");

        Assert.True(code == 0, output);
        Assert.Contains("Passed", output, StringComparison.Ordinal);
        foreach (string report in (string[])["results.json", "items.jsonl", "gate.junit.xml", "gate.md", "gate.html", "gate.summary.md"])
            Assert.True(File.Exists(Path.Combine(folder, "gate-sample", "out", report)), report);
    }

    [Fact]
    public void A_tool_manifest_restores_and_runs_the_packed_file()
    {
        string folder = Directory.CreateDirectory(Path.Combine(packages.Scratch, "manifest")).FullName;
        Expect(folder, "new", "tool-manifest");
        Expect(folder, "tool", "install", "Gate.Tool", "--configfile", packages.Configuration);
        Expect(folder, "tool", "restore", "--configfile", packages.Configuration);

        string output = Expect(folder, "tool", "run", "gate", "--version");

        Assert.Matches("(?s)gate 0\\.[0-9]+\\.[0-9]+.*commit .*runtime .*simd .*numerics revision [0-9]+", output);
    }

    // User time, because the wall clock of a busy machine says nothing; the best of several, because caches warm up.
    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public void The_packed_tool_starts_in_less_than_150_ms_of_user_time(string argument)
    {
        string folder = Path.Combine(packages.Scratch, "startup");
        if (!Directory.Exists(folder))
            System.IO.Compression.ZipFile.ExtractToDirectory(Directory.GetFiles(packages.Feed, "Gate.Tool.*.nupkg").Single(), folder);
        string tool = Path.Combine(folder, "tools", "net10.0", "any", "gate.dll");
        string script = $"TIMEFORMAT=%U; for i in 1 2 3 4 5 6 7 8 9 10; do time dotnet '{tool}' {argument} >/dev/null; done";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", script]) { RedirectStandardError = true, UseShellExecute = false })!;

        double[] seconds = [.. process.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];

        Assert.Equal(10, seconds.Length);
        Assert.True(seconds.Min() < 0.150, $"user seconds: {string.Join(", ", seconds)}");
    }

    private string Expect(string folder, params string[] arguments)
    {
        (int code, string output) = packages.Dotnet(folder, arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
