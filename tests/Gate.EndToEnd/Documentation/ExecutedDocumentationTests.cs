using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Gate.EndToEnd.MSBuild;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Documentation;

/// <summary>Every <c>sh</c> block of the README and the documentation is run, in a copy of what a reader has, and says what the page shows.</summary>
public sealed partial class ExecutedDocumentationTests(PackedPackages packages)
{
    public static TheoryData<string> Pages => [.. DocumentationPage.Names.Where(name => DocumentationPage.Read(name).Scripts.Count > 0)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_the_page_runs_and_prints_what_the_page_shows(string name)
    {
        DocumentationPage page = DocumentationPage.Read(name);
        string folder = Prepare(page);
        var said = new StringBuilder();
        foreach (string script in page.Scripts)
        {
            (int code, string output) = Execute(folder, script);
            said.Append(output);
            Assert.True(code == 0, $"{name}:\n{script}\n--- ended with {code}\n{output}");
        }

        string[] lines = said.ToString().Split('\n');
        foreach (string expected in page.Expected)
        {
            var pattern = new Regex($"^{Regex.Escape(expected).Replace("…", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant);
            Assert.True(lines.Any(line => pattern.IsMatch(line.Trim())), $"{name}: no line is '{expected}'\n{said}");
        }
    }

    [Fact]
    public void No_command_hides_in_a_block_that_is_not_run()
    {
        foreach (string name in DocumentationPage.Names)
        {
            string[] hidden = [.. File.ReadAllLines(Repository.PathOf(name)).Where(line => Indented().IsMatch(line))];
            Assert.True(hidden.Length == 0, $"{name}: put into an sh block: {string.Join('\n', hidden)}");
        }
    }

    // What a reader has: the samples of the checkout, a model and a candidate of their own, and the files the page shows.
    private string Prepare(DocumentationPage page)
    {
        string folder = Path.Combine(packages.Scratch, "docs", page.Name.Replace('/', '-'));
        Copy("samples", Path.Combine(folder, "samples"));
        Copy("samples/models/facts-llama", Path.Combine(folder, "models", "dense"));
        Copy("samples/compare/candidate", Path.Combine(folder, "models", "candidate"));
        Copy("samples/compare/candidate", Path.Combine(folder, "out", "release-candidate"));
        if (!page.Scripts.Any(script => script.Contains("gate init", StringComparison.Ordinal)))
        {
            File.WriteAllText(
                Path.Combine(folder, "gate.json"),
                File.ReadAllText(Repository.PathOf("samples", "compare", "gate.json")).Replace("../models/facts-llama", "models/dense", StringComparison.Ordinal));
        }

        foreach ((string path, string text) in page.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }

        return folder;
    }

    private static void Copy(string source, string target)
    {
        string root = Repository.PathOf(source);
        foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(root, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "out" or "bin" or "obj"))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, relative))!);
            File.Copy(file, Path.Combine(target, relative), overwrite: true);
        }
    }

    // On PATH stand the tool under test as gate, and a dotnet that packs once for all tests; everything else is the real thing.
    private (int Code, string Output) Execute(string folder, string script)
    {
        string bin = Directory.CreateDirectory(Path.Combine(packages.Scratch, "docs", "bin")).FullName;
        string gate = $"exec \"{RealDotnet}\" \"{Path.Combine(GateTool.Built, "gate.dll")}\"";
        Program(bin, "gate", $"{gate} \"$@\"");
        Program(bin, "dotnet", $$"""
            case "$*" in
              "run --project src/Gate.Tool -- "*) shift 4; {{gate}} "$@" ;;
              "pack src/Gate.Tool -c Release -o artifacts/packages" | "pack src/Gate.MSBuild -c Release -o artifacts/packages")
                mkdir -p artifacts/packages && cp "{{packages.Feed}}"/*.nupkg artifacts/packages ;;
              *) exec "{{RealDotnet}}" "$@" ;;
            esac
            """);
        ProcessStartInfo start = new("bash", ["-c", $"set -e\nexec 2>&1\n{Checked(script)}"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        packages.Isolate(start);
        start.Environment["PATH"] = $"{bin}:{start.Environment["PATH"]}";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    // "# exit code N" behind a command says how it ends; every other command ends with 0.
    private static string Checked(string script) => string.Join('\n', script.Split('\n').Select(line =>
        ExitCode().Match(line) is { Success: true } match ? $"code=0; {match.Groups[1].Value} || code=$?; [ $code -eq {match.Groups[2].Value} ]" : line));

    private static string RealDotnet { get; } =
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, "dotnet")).First(File.Exists);

    private static void Program(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex("^(.*?) +# exit code ([0-9]+)")]
    private static partial Regex ExitCode();

    [GeneratedRegex("^    (?:gate|dotnet|\\./tools/gate) ")]
    private static partial Regex Indented();
}
