using System.Diagnostics;
using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>SIGKILL at random points of every phase: nothing half-written under a final name, nothing computed twice, the same bytes in the end.</summary>
public sealed class KillTests : IDisposable
{
    private const int Points = 24;
    private readonly GateTool _gate = new();

    public KillTests() => RunFiles.FixTime(_gate);

    public void Dispose() => _gate.Dispose();

    [Fact]
    [Trait("Complaint", "10")]
    public void A_run_killed_at_random_points_goes_on_to_the_bytes_of_an_uninterrupted_run()
    {
        _gate.WriteGate(GateTool.SampleModel, "\"lama\", \"factoid-qa\", \"mcqa\"", limit: 60);
        ToolRun whole = _gate.Run("run").Ends(0);
        string output = _gate.PathOf("out");
        SortedDictionary<string, byte[]> expected = RunFiles.Final(output);
        Assert.Contains("results.json", expected.Keys);

        var random = new Random(20261122);
        int[] killed = new int[4];
        for (int attempt = 0; killed.Sum() < Points; attempt++)
        {
            Assert.True(attempt < 4 * Points, $"only {killed.Sum()} of {attempt} runs could be killed before their end");
            Clear();
            int stage = attempt % 4;
            if (!KillAt(stage, random, whole.Elapsed))
                continue;
            killed[stage]++;
            RunFiles.AreWhole(expected, RunFiles.Final(output));
            int kept = RunFiles.KeptAnswers(_gate.Cache);
            ToolRun resumed = _gate.Run("run").Ends(0);
            Assert.Equal(kept, RunFiles.FromCache(resumed));
            RunFiles.AreEqual(expected, RunFiles.Final(output));
        }

        Assert.All(killed, count => Assert.True(count > 0, $"kills by phase: {string.Join(", ", killed)}"));
        TestContext.Current.SendDiagnosticMessage("killed while compressing {0}, evaluating {1}, reporting {2}, at any time {3}", killed[0], killed[1], killed[2], killed[3]);
    }

    // Kills in a phase: 0 while the candidate is written, 1 while answers come in, 2 while reports are written, 3 at any time at all.
    private bool KillAt(int stage, Random random, TimeSpan whole)
    {
        string output = _gate.PathOf("out");
        int answers = random.Next(1, 6);
        Func<bool> reached = stage switch
        {
            0 => () => Directory.Exists(output) && Directory.EnumerateDirectories(output, ".candidate.*").Any(),
            1 => () => RunFiles.KeptAnswers(_gate.Cache) >= answers * 60,
            2 => () => Directory.Exists(output) && Directory.EnumerateFiles(output, "*.jsonl*").Any(),
            _ => () => true,
        };
        double most = stage switch { 0 => 60, 1 => 30, 2 => 20, _ => whole.TotalMilliseconds };
        TimeSpan pause = TimeSpan.FromMilliseconds(random.NextDouble() * most);
        using Process process = _gate.Start("run");
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && !Reached(reached))
            Thread.Sleep(1);
        Thread.Sleep(pause);
        process.Kill();
        Assert.True(process.WaitForExit(20_000));
        return process.ExitCode == 137;
    }

    // Folders come and go under the reader's eyes.
    private static bool Reached(Func<bool> reached)
    {
        try
        {
            return reached();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Clear()
    {
        foreach (string folder in new[] { _gate.PathOf("out"), _gate.Cache })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
