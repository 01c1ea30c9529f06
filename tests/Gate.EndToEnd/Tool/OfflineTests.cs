using System.Diagnostics;

namespace Gate.EndToEnd.Tool;

/// <summary>Nothing leaves the machine, and nothing is waited for.</summary>
public sealed class OfflineTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Complaint_14_a_run_needs_no_network()
    {
        Assert.SkipUnless(Run("true") == 0, "no network namespace can be made here");
        Assert.Equal(0, Run("[ $(grep -c : /proc/net/dev) -eq 1 ]"));
        _gate.WriteGate(GateTool.SampleModel);

        Assert.Equal(0, Run($"dotnet '{Path.Combine(_gate.Installation, "gate.dll")}' run"));

        Assert.True(File.Exists(_gate.PathOf("out", "results.json")));
    }

    // In a network namespace of its own a process has no interface but a loopback that is down.
    private int Run(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec unshare -rn bash -c \"$0\"", script])
        {
            WorkingDirectory = _gate.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GATE_CACHE_DIR"] = _gate.Cache;
        start.Environment["CI"] = "true";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = error.Result;
        return process.ExitCode;
    }
}
