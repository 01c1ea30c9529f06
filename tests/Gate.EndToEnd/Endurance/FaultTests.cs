using System.Diagnostics;
using System.Xml.Linq;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Endurance;

/// <summary>Files removed, cut off, damaged or replaced at every stage: the run ends with its true verdict or with an error, never with a wrong pass.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly GateTool _gate = new();
    private readonly SortedDictionary<string, byte[]> _expected;
    private readonly SortedDictionary<string, byte[]> _inputs;

    public FaultTests()
    {
        RunFiles.FixTime(_gate);
        _gate.CopyModel();
        string suite = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts");
        foreach (string file in new[] { "factoid-qa.task.json", "factoid-qa.jsonl" })
            _gate.Write($"tasks/{file}", File.ReadAllText(Path.Combine(suite, file)));
        _gate.WriteGate("model", "\"tasks/factoid-qa.task.json\"", limit: 30);
        _gate.Run("run").Ends(0);
        _expected = RunFiles.Final(_gate.PathOf("out"));
        _inputs = new(StringComparer.Ordinal);
        foreach (string folder in new[] { "model", "tasks", "cache" })
        {
            foreach ((string name, byte[] bytes) in RunFiles.Final(_gate.PathOf(folder)))
                _inputs[Path.Combine(folder, name)] = bytes;
        }
    }

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("model/model.safetensors")]
    [InlineData("model/config.json")]
    [InlineData("model/tokenizer.json")]
    [InlineData("tasks/factoid-qa.task.json")]
    [InlineData("tasks/factoid-qa.jsonl")]
    public void A_missing_or_cut_off_input_ends_with_an_error_also_when_every_answer_is_in_the_cache(string name)
    {
        string path = _gate.PathOf(name);
        foreach (global::System.Action fault in new global::System.Action[] { () => File.Delete(path), () => CutOff(path), () => Replace(path) })
        {
            fault();
            foreach (string[] command in new string[][] { ["run"], ["run", "--no-cache"] })
            {
                ToolRun run = _gate.Run(command);
                Assert.True(run.ExitCode is 2 or 4, $"{name}: exit code {run.ExitCode}\n{run.Error}");
                Assert.DoesNotContain("Passed", run.Out, StringComparison.Ordinal);

                // What a CI server collects whatever the exit code: not the green file of the run before.
                XElement error = XDocument.Load(_gate.PathOf("out", "gate.junit.xml")).Descendants("testcase").Single().Element("error")!;
                Assert.Contains(error.Attribute("type")!.Value, run.Error, StringComparison.Ordinal);
                Assert.DoesNotContain("\\n", error.Value, StringComparison.Ordinal);
                string summary = File.ReadAllText(_gate.PathOf("out", "gate.summary.md"));
                Assert.Contains($"(exit code {run.ExitCode})", summary, StringComparison.Ordinal);
                Assert.Contains(error.Attribute("type")!.Value, summary, StringComparison.Ordinal);
            }

            Restore(name);
        }
    }

    [Fact]
    [Trait("Complaint", "21")]
    public void A_damaged_candidate_is_made_again()
    {
        string weights = _gate.PathOf("out", "candidate", "model.safetensors");
        DateTime written = File.GetLastWriteTimeUtc(weights);
        foreach (global::System.Action fault in new global::System.Action[]
        {
            () => CutOff(weights), () => FlipBit(weights), () => File.Delete(weights), () => File.Delete(_gate.PathOf("out", "candidate", "config.json")),
            () => CutOff(_gate.PathOf("out", "candidate", "gate-compression.json")), () => CutOff(_gate.PathOf("out", "candidate", "tokenizer.json")),
        })
        {
            fault();

            // A damage that hides behind the old time of writing is found all the same.
            if (File.Exists(weights))
                File.SetLastWriteTimeUtc(weights, written);
            EndsRightOrWithAnError(_gate.Run("run"));
            Directory.Delete(_gate.PathOf("out", "candidate"), recursive: true);
            _gate.Run("run").Ends(0);
            RunFiles.AreEqual(_expected, RunFiles.Final(_gate.PathOf("out")));
        }
    }

    [Fact]
    public void A_damaged_cache_is_computed_again()
    {
        var random = new Random(5);
        foreach (string name in _inputs.Keys.Where(name => name.StartsWith("cache", StringComparison.Ordinal)))
        {
            string path = _gate.PathOf(name);
            switch (random.Next(4))
            {
                case 0: File.Delete(path); break;
                case 1: CutOff(path); break;
                case 2: FlipBit(path); break;
                default: Replace(path); break;
            }
        }

        _gate.Run("run").Ends(0);
        RunFiles.AreEqual(_expected, RunFiles.Final(_gate.PathOf("out")));
    }

    [Theory]
    [InlineData("out/results.json")]
    [InlineData("out/gate.junit.xml")]
    [InlineData("out/items.jsonl")]
    public void A_report_that_cannot_take_its_place_ends_with_4(string name)
    {
        File.Delete(_gate.PathOf(name));
        Replace(_gate.PathOf(name));
        _gate.Run("run").Ends(4).Says("GATE3101", Path.GetFileName(name));
    }

    [Fact]
    public void Files_that_vanish_while_the_run_goes_on_never_give_another_verdict()
    {
        string weights = _gate.PathOf("out", "candidate", "model.safetensors");
        var random = new Random(11);
        for (int i = 0; i < 6; i++)
        {
            Directory.Delete(_gate.PathOf("out"), recursive: true);
            Directory.Delete(_gate.Cache, recursive: true);
            using Process process = _gate.Start("run");
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            bool reached = SpinWait.SpinUntil(() => File.Exists(weights) || process.HasExited, 60_000);
            Assert.True(reached);
            Thread.Sleep(random.Next(200));
            if (i % 2 == 0)
                CutOff(weights);
            else
                Directory.Delete(Path.GetDirectoryName(weights)!, recursive: true);
            process.WaitForExit();
            if (process.ExitCode == 0)
                Assert.Equal(_expected["results.json"], File.ReadAllBytes(_gate.PathOf("out", "results.json")));
            if (Directory.Exists(Path.GetDirectoryName(weights)))
                Directory.Delete(Path.GetDirectoryName(weights)!, recursive: true);
        }
    }

    [Theory]
    [InlineData(">/dev/full", 4, 4)]
    [InlineData(">&-", 4, 4)]
    [InlineData(">/dev/full", 2, 4)]
    [InlineData("2>/dev/full", 4, 0)]
    [InlineData("2>/dev/full", 2, 1)]
    [InlineData("2>&-", 2, 1)]
    [InlineData(">/dev/null 2>&-", 2, 1)]
    public void Standard_streams_that_cannot_be_written_are_no_defect_and_never_make_a_pass(string redirection, int bits, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a device of Linux");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _gate.Folder, UseShellExecute = false, RedirectStandardError = true };
        foreach (string argument in new[] { "-c", $"exec dotnet \"$0\" run --recipe.quantize.bits {bits} {redirection}", Path.Combine(_gate.Installation, "gate.dll") })
            start.ArgumentList.Add(argument);
        start.Environment["GATE_CACHE_DIR"] = _gate.Cache;
        start.Environment["CI"] = "true";
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == code, $"exit code {process.ExitCode}\n{error}");
        if (code == 4)
            Assert.Contains("GATE3101", error, StringComparison.Ordinal);
        Assert.DoesNotContain("GATE9001", error, StringComparison.Ordinal);
    }

    private void EndsRightOrWithAnError(ToolRun run)
    {
        if (run.ExitCode == 0)
            RunFiles.AreEqual(_expected, RunFiles.Final(_gate.PathOf("out")));
        else
            Assert.True(run.ExitCode is 2 or 4, $"exit code {run.ExitCode}\n{run.Error}");
    }

    private static void CutOff(string path)
    {
        using var stream = new FileStream(path, FileMode.Open);
        stream.SetLength(stream.Length * 3 / 5);
    }

    private static void FlipBit(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    // A folder in the file's place.
    private static void Replace(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
    }

    private void Restore(string name)
    {
        string path = _gate.PathOf(name);
        if (Directory.Exists(path))
            Directory.Delete(path);
        File.WriteAllBytes(path, _inputs[name]);
    }
}
