using System.Runtime.InteropServices;
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

        // What the SDK took down as the program of this command.
        string[] chosen = [.. Directory.EnumerateFiles(Path.Combine(packages.Scratch, ".dotnet", "toolResolverCache"), "gate.tool", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.Contains(chosen, text => text.Contains($"tools/net10.0/{NearestFolder}/gate.dll", StringComparison.Ordinal));
        Assert.Matches("(?s)gate 0\\.[0-9]+\\.[0-9]+.*commit .*runtime .*simd .*numerics revision [0-9]+", output);
    }

    private static string NearestFolder => RuntimeInformation.RuntimeIdentifier == "linux-x64" ? "linux-x64" : "any";

    private string Expect(string folder, params string[] arguments)
    {
        (int code, string output) = packages.Dotnet(folder, arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
