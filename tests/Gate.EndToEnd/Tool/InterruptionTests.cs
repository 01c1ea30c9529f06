using System.Diagnostics;
using Gate.Results;

namespace Gate.EndToEnd.Tool;

/// <summary>Ctrl-C in mid-run: 130 within seconds, nothing lost, the same command goes on.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task An_interrupted_run_ends_with_130_and_the_same_command_resumes_to_the_same_results()
    {
        // Enough questions that most of the run is still to come when the first answers are kept, on a busy machine too.
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\", \"lama\", \"mcqa\", \"incontext-qa\"", limit: 1000);
        using Process process = _gate.Start("run");
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(HasKeptItems, 120_000), "no item was kept");
        GateTool.Interrupt(process);
        long start = Stopwatch.GetTimestamp();
        Assert.True(process.WaitForExit(20_000), "the process did not end");
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("the same command goes on", await error, StringComparison.Ordinal);
        Assert.False(File.Exists(_gate.PathOf("out", "results.json")));

        ToolRun resumed = _gate.Run("run").Ends(0);
        Assert.Matches("dense: [1-9][0-9]*/3600 answers from cache", resumed.Error);
        GateResults after = Results();
        _gate.Run("run", "--no-cache").Ends(0);
        Assert.Equal(Results() with { Run = after.Run }, after, (a, b) => ResultsJson.Write(a) == ResultsJson.Write(b));
    }

    private GateResults Results() => ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));

    private bool HasKeptItems()
    {
        Thread.Sleep(20);
        string items = Path.Combine(_gate.Cache, "items");
        return Directory.Exists(items) && Directory.EnumerateFiles(items, "*.journal", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 0);
    }
}
