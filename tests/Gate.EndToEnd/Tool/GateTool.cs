using System.Diagnostics;
using System.Runtime.InteropServices;
using Gate.Tests;

namespace Gate.EndToEnd.Tool;

/// <summary>What a process said.</summary>
public sealed record ToolRun(int ExitCode, string Out, string Error, TimeSpan Elapsed)
{
    /// <summary>Fails with everything the process said when the exit code is another.</summary>
    public ToolRun Ends(int code)
    {
        Assert.True(code == ExitCode, $"exit code {ExitCode}, expected {code}\n--- out\n{Out}\n--- error\n{Error}");
        return this;
    }

    /// <summary>Fails unless standard error holds every text, and no stack trace.</summary>
    public ToolRun Says(params string[] texts)
    {
        foreach (string text in texts)
            Assert.Contains(text, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Gate.", Error, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A folder of its own, with a cache of its own, in which the built tool is started as a process.</summary>
public sealed class GateTool : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("gate-e2e-").FullName;

    /// <summary>The cache of this folder's runs.</summary>
    public string Cache => Path.Combine(Folder, "cache");

    /// <summary>Variables of every run beside the cache's.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>The build under test, its code compiled ahead of time where there is a compiler for the platform.</summary>
    public static string Built { get; } = Path.Combine(AppContext.BaseDirectory, "tool");

    /// <summary>The folder of the tool's files: the build under test, unless a test damages a copy.</summary>
    public string Installation { get; set; } = Built;

    public static string SampleModel => Repository.PathOf("samples", "models", "facts-llama");

    /// <summary>Runs the tool to its end.</summary>
    public ToolRun Run(params string[] arguments) => ToEnd(Start(arguments), arguments);

    /// <summary>Runs the tool to its end in a shell that was prepared for it: with limits of the process, or signals that are ignored.</summary>
    /// <param name="preparation">Commands of <c>sh</c>.</param>
    /// <param name="arguments">The command line.</param>
    public ToolRun RunAfter(string preparation, params string[] arguments)
    {
        ProcessStartInfo plain = Command(arguments);
        ProcessStartInfo start = Prepared(new ProcessStartInfo("/bin/sh"));
        foreach (string argument in (string[])["-c", $"{preparation}; exec \"$0\" \"$@\"", plain.FileName, .. plain.ArgumentList])
            start.ArgumentList.Add(argument);
        return ToEnd(Process.Start(start)!, arguments);
    }

    /// <summary>Starts the tool.</summary>
    public Process Start(params string[] arguments) => Process.Start(Command(arguments))!;

    /// <summary>Sends the interrupt of Ctrl-C.</summary>
    public static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, 2));

    /// <summary>A path below the folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Writes a text file below the folder.</summary>
    public string Write(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Copies the sample model into the folder, so that a test can damage it.</summary>
    public string CopyModel(string name = "model")
    {
        string target = PathOf(name);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(SampleModel))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    /// <summary>A small gate on the sample model: four-bit rounding, some items of one task.</summary>
    public string WriteGate(string model, string tasks = "\"factoid-qa\"", int limit = 60, string more = "") => Write("gate.json", $$"""
        {
          "model": "{{model.Replace("\\", "/", StringComparison.Ordinal)}}",
          "recipe": { "quantize": { "bits": 4, "groupSize": 32 } },
          "suite": { "tasks": [{{tasks}}], "limit": {{limit}} },
          "thresholds": { "retention": 0.5 }{{more}}
        }
        """);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private ProcessStartInfo Command(string[] arguments)
    {
        ProcessStartInfo start = Prepared(new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet"));
        start.ArgumentList.Add(Path.Combine(Installation, "gate.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private ProcessStartInfo Prepared(ProcessStartInfo start)
    {
        (start.WorkingDirectory, start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (Folder, false, true, true);
        start.Environment["GATE_CACHE_DIR"] = Cache;
        start.Environment["CI"] = "true";
        foreach ((string name, string value) in Variables)
            start.Environment[name] = value;
        return start;
    }

    private static ToolRun ToEnd(Process started, string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(180_000), $"gate {string.Join(' ', arguments)} did not end");
        return new ToolRun(process.ExitCode, output.Result, error.Result, Stopwatch.GetElapsedTime(start));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
