using System.Text.RegularExpressions;
using Gate.EndToEnd.Tool;
using Gate.Models.Checkpoints;

namespace Gate.EndToEnd.Endurance;

/// <summary>
/// Limits of the process met anywhere in a run: no other file can be opened, no file may grow. The run ends with its true verdict or with 4 and what to do about
/// it; never with a wrong pass, never as a defect, and nothing is half written under a final name.
/// </summary>
public sealed partial class ProcessLimitTests : IDisposable
{
    private readonly GateTool _gate = new();

    public ProcessLimitTests()
    {
        RunFiles.FixTime(_gate);

        // The runtime keeps its code in a file of its own, larger than any limit tried here, unless it is told not to.
        _gate.Variables["DOTNET_EnableWriteXorExecute"] = "0";
        _gate.Variables["TMPDIR"] = Directory.CreateDirectory(_gate.PathOf("tmp")).FullName;
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void A_run_without_enough_file_descriptors_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits are set by a Unix shell, and counted as Linux counts");
        WriteGate(GateTool.SampleModel);
        SortedDictionary<string, byte[]> expected = Undisturbed();

        // What the runtime itself takes is about 35; a run of one file of weights takes about 105.
        List<int> codes = [.. new[] { 70, 110, 140, 170 }.Select(limit => Disturbed(expected, $"ulimit -n {limit}"))];
        Assert.Equal([4, 4, 4, 0], codes);

        // One file for each tensor: now it is the run that finds no descriptor, at one place or another.
        Shard(_gate.PathOf("sharded"));
        WriteGate("sharded");
        SortedDictionary<string, byte[]> sharded = Undisturbed();
        codes = [.. Enumerable.Range(0, 22).Select(i => Disturbed(sharded, $"ulimit -n {150 + (2 * i)}"))];
        Assert.Contains(4, codes);
        Assert.Equal(0, Disturbed(sharded, "ulimit -n 400"));
    }

    [Theory]
    [InlineData(true, new[] { 0, 2, 18, 120, 160 }, new[] { 4, 4, 4, 4, 0 })]
    [InlineData(false, new[] { 0, 2, 120, 5000, 5200 }, new[] { 4, 4, 4, 4, 0 })]
    public void A_run_whose_files_may_not_grow_says_which(bool isWarm, int[] halfKibibytes, int[] codes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits are set by a Unix shell");
        WriteGate(GateTool.SampleModel);
        SortedDictionary<string, byte[]> expected = Undisturbed();
        Assert.Equal(codes, halfKibibytes.Select(limit =>
        {
            if (!isWarm)
            {
                Directory.Delete(_gate.PathOf("out"), recursive: true);
                Directory.Delete(_gate.Cache, recursive: true);
            }

            // The report is the largest file that a run writes when its candidate is there already.
            return Disturbed(expected, $"trap '' XFSZ; ulimit -f {limit}");
        }));
    }

    private void WriteGate(string model) => _gate.WriteGate(model, limit: 20);

    private SortedDictionary<string, byte[]> Undisturbed()
    {
        _gate.Run("run").Ends(0);
        return RunFiles.Final(_gate.PathOf("out"));
    }

    private int Disturbed(SortedDictionary<string, byte[]> expected, string limit)
    {
        ToolRun run = _gate.RunAfter(limit, "run");
        SortedDictionary<string, byte[]> left = RunFiles.Final(_gate.PathOf("out"));
        if (run.ExitCode == 0)
        {
            RunFiles.AreEqual(expected, left);
            return 0;
        }

        // The runtime ends the process itself where it cannot open what it needs to go on at all, a thread of its own for example.
        bool isRuntimesEnd = run.ExitCode == 134 && (run.Error.Contains("Out of memory.", StringComparison.Ordinal) || run.Error.Contains("Process terminated.", StringComparison.Ordinal));
        Assert.True(run.ExitCode == 4 || isRuntimesEnd, $"{limit}: exit code {run.ExitCode}\n{run.Error}");
        Assert.True(run.ExitCode == 134 || Refusal().IsMatch(run.Error), $"{limit}: neither code nor path nor limit is told\n{run.Error}");
        foreach (string name in (string[])["gate.junit.xml", "gate.summary.md"])
        {
            // Gone where not even that could be written.
            if (left.Remove(name, out byte[]? replaced) && run.ExitCode == 4)
                Assert.False(replaced.AsSpan().SequenceEqual(expected[name]) && run.Error.Contains("judging", StringComparison.Ordinal), $"{limit}: {name} tells of another run");
        }

        RunFiles.AreWhole(expected, left);
        return run.ExitCode;
    }

    private static void Shard(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(GateTool.SampleModel).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        using var whole = Checkpoint.Open(GateTool.SampleModel);
        CheckpointWriter.WriteTensors(
            folder,
            whole.Tensors.Select(tensor => new TensorToWrite(tensor.Name, tensor.Format, tensor.Shape, stream => stream.Write(whole.ReadBytes(tensor, 0, tensor.RowCount)))),
            maximumShardBytes: 1);
    }

    [GeneratedRegex(@"/.*: error GATE\d{4}|error GATE\d{4}: .*(/|descriptor|\n.*ulimit)")]
    private static partial Regex Refusal();
}
