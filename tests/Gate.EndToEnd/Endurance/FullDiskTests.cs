using System.Diagnostics;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Endurance;

/// <summary>A disk that runs full: exit 4 with the path, nothing that was there before is lost, the same command goes on when there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly GateTool _gate = new();
    private readonly string _disk;
    private readonly bool _mounted;

    public FullDiskTests()
    {
        RunFiles.FixTime(_gate);
        _disk = _gate.PathOf("disk");
        Directory.CreateDirectory(_disk);
        _mounted = OperatingSystem.IsLinux() && System("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _disk);
    }

    public void Dispose()
    {
        if (_mounted)
            Assert.True(System("umount", _disk));
        _gate.Dispose();
    }

    [Fact]
    public void A_full_disk_ends_with_4_and_the_path_and_loses_nothing()
    {
        Assert.SkipUnless(_mounted, "a disk of a few megabytes can be mounted by root on Linux only");
        _gate.WriteGate(GateTool.SampleModel, limit: 60);
        string[] command = ["run", "--output.path", "disk/candidate", "--report-dir", "disk/reports"];

        // The candidate does not fit.
        _gate.Run(command).Ends(4).Says("GATE3031", "disk/", "disk full");
        Assert.Empty(RunFiles.Final(_gate.PathOf("disk", "candidate")));
        Assert.True(System("mount", "-o", "remount,size=24m", _disk));
        _gate.Run(command).Ends(0);
        SortedDictionary<string, byte[]> before = RunFiles.Final(_disk);

        // The reports of the next run do not fit: those of the last one stay, but for the two that a CI server would take for this run's.
        string filler = _gate.PathOf("disk", "filler");
        Fill(filler);
        _gate.Run([.. command, "--suite.limit", "50"]).Ends(4).Says("GATE3101", "disk/reports/");
        File.Delete(filler);
        SortedDictionary<string, byte[]> left = RunFiles.Final(_disk);
        string[] replaced = ["reports/gate.junit.xml", "reports/gate.summary.md"];
        Assert.DoesNotContain(replaced, name => left.TryGetValue(name, out byte[]? bytes) && bytes.AsSpan().SequenceEqual(before[name]));
        Assert.Equal(before.Keys.Except(replaced), left.Keys.Except(replaced));
        RunFiles.AreWhole(before, new(left.Where(file => !replaced.Contains(file.Key)).ToDictionary(), StringComparer.Ordinal));
        Assert.Equal(100, RunFiles.FromCache(_gate.Run([.. command, "--suite.limit", "50"]).Ends(0)));
        _gate.Run(command).Ends(0);
        RunFiles.AreEqual(before, RunFiles.Final(_disk));
    }

    [Theory]
    [InlineData("\"quantize\": { \"method\": \"awq\", \"bits\": 4, \"groupSize\": 32 }")]
    [InlineData("\"quantize\": { \"bits\": 8 }, \"smooth\": { \"alpha\": 0.5 }")]
    [InlineData("\"quantize\": { \"method\": \"gptq\", \"bits\": 4, \"groupSize\": 32 }")]
    public void A_calibrated_candidate_that_does_not_fit_leaves_nothing_under_its_name_and_is_made_to_the_same_bytes_when_there_is_room(string recipe)
    {
        Assert.SkipUnless(_mounted, "a disk of a few megabytes can be mounted by root on Linux only");
        string data = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl").Replace("\\", "/", StringComparison.Ordinal);
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
              "recipe": { {{recipe}}, "calibration": { "data": "{{data}}", "samples": 8, "sequenceLength": 128 } },
              "thresholds": { "retention": 0.5 }
            }
            """);
        _gate.Run("compress").Ends(0);
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out", "candidate"));

        // Too small for the layers as they are finished, and then for the file they are put together in.
        foreach ((string size, string code) in new[] { ("1m", "GATE4032"), ("6m", "GATE3031") })
        {
            Assert.True(System("mount", "-o", $"remount,size={size}", _disk));
            _gate.Run("compress", "--output.path", "disk/candidate").Ends(4).Says(code, "disk/", "No space left on device");
            Assert.Empty(RunFiles.Final(_gate.PathOf("disk", "candidate")));
        }

        Assert.True(System("mount", "-o", "remount,size=24m", _disk));
        _gate.Run("compress", "--output.path", "disk/candidate").Ends(0);
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("disk", "candidate")));
        Assert.Equal([_gate.PathOf("disk", "candidate")], Directory.GetFileSystemEntries(_disk));
    }

    [Fact]
    public void A_cache_on_a_full_disk_costs_time_and_not_the_verdict()
    {
        Assert.SkipUnless(_mounted, "a disk of a few megabytes can be mounted by root on Linux only");
        _gate.WriteGate(GateTool.SampleModel, limit: 60);
        _gate.Run("run").Ends(0);
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        Fill(_gate.PathOf("disk", "filler"));
        _gate.Run("run", "--cache-dir", "disk/cache").Ends(0).Says("GATE3105");
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
    }

    private static void Fill(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
                stream.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool System(string command, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(command) { UseShellExecute = false, RedirectStandardError = true };
            foreach (string argument in arguments)
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
