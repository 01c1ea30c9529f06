using System.Diagnostics;
using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.EndToEnd.Action;

/// <summary>The action's scripts by themselves, with a tool that only says a key.</summary>
public sealed partial class ActionScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-script-").FullName;

    public ActionScriptTests()
    {
        string tool = Path.Combine(_folder, "gate-tool", "gate");
        Directory.CreateDirectory(Path.GetDirectoryName(tool)!);
        File.WriteAllText(tool, "#!/bin/sh\necho 0123456789abcdef\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Parts_and_arguments_have_caches_of_their_own_with_a_common_beginning()
    {
        Dictionary<string, string>[] jobs =
        [
            new() { ["ARGS"] = "--shard\n1/4" }, new() { ["ARGS"] = "--shard\n2/4" }, [], new() { ["LIMIT"] = "500" }, new() { ["CANDIDATE"] = "a" },
        ];
        Dictionary<string, string>[] outputs = [.. jobs.Select(Key)];
        Assert.Equal(jobs.Length, outputs.Select(job => job["cache-key"]).Distinct().Count());
        Assert.All(outputs, job => Assert.StartsWith(job["cache-common"], job["cache-key"], StringComparison.Ordinal));
        Assert.Equal("gate-Linux-0123456789abcdef-", Assert.Single(outputs.Select(job => job["cache-common"]).Distinct()));
        Assert.Equal(outputs[0]["cache-key"], Key(jobs[0])["cache-key"]);
    }

    [Fact]
    public void No_array_that_may_be_empty_is_expanded_as_bash_3_of_macOS_refuses_it()
    {
        foreach (string script in Directory.EnumerateFiles(Repository.PathOf("action"), "*.sh"))
        {
            string text = File.ReadAllText(script);
            foreach (Match array in EmptyArray().Matches(text))
                Assert.DoesNotMatch($@"(?<!\+)""\$\{{{array.Groups["name"].Value}\[@\]\}}""", text);
        }
    }

    private Dictionary<string, string> Key(Dictionary<string, string> inputs)
    {
        string file = Path.Combine(_folder, "outputs");
        File.WriteAllText(file, "");
        ProcessStartInfo start = new("bash", [Repository.PathOf("action", "key.sh")]) { WorkingDirectory = _folder, UseShellExecute = false };
        (start.Environment["RUNNER_TEMP"], start.Environment["RUNNER_OS"], start.Environment["GITHUB_OUTPUT"]) = (_folder, "Linux", file);
        foreach ((string name, string value) in inputs)
            start.Environment[$"GATE_INPUT_{name}"] = value;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return File.ReadLines(file).ToDictionary(line => line.Split('=')[0], line => line.Split('=')[1]);
    }

    [GeneratedRegex(@"^(?<name>\w+)=\(\)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyArray();
}
