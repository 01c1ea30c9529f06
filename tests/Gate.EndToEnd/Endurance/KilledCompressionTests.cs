using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Endurance;

/// <summary>SIGKILL inside a compression, several times in a row: every layer that stood in the journal is kept, and the end is the same.</summary>
public sealed partial class KilledCompressionTests : IDisposable
{
    private const int KillsInARow = 3;
    private const int Layers = 28;
    private readonly GateTool _gate = new();

    public KilledCompressionTests() => RunFiles.FixTime(_gate);

    private string Journal => _gate.PathOf("out", ".candidate.resume", "layers.journal");

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("\"prune\": { \"method\": \"sparsegpt\", \"sparsity\": 0.25 }, \"quantize\": { \"method\": \"gptq\", \"bits\": 4, \"groupSize\": 32 }", "\"samples\": 32, \"sequenceLength\": 256", 4)]
    [InlineData("\"quantize\": { \"method\": \"awq\", \"bits\": 4, \"groupSize\": 32 }", "\"samples\": 8, \"sequenceLength\": 128", 3)]
    [InlineData("\"quantize\": { \"bits\": 8 }, \"smooth\": { \"alpha\": 0.5 }", "\"samples\": 32, \"sequenceLength\": 256", 3)]
    [InlineData("\"quantize\": { \"bits\": 4, \"groupSize\": 32, \"clipping\": \"mse\" }", null, 2)]
    public void A_compression_killed_at_random_points_goes_on_to_the_bytes_of_an_uninterrupted_one(string recipe, string? windows, int rounds)
    {
        Write(recipe, windows);
        _gate.Run("compress").Ends(0);
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        Assert.Contains(Path.Combine("candidate", "model.safetensors"), expected.Keys);

        var random = new Random(20261125);
        int killed = 0, kept = 0;
        for (int round = 0; round < rounds; round++)
        {
            Clear();
            int finished = 0;
            for (int i = 0; i < KillsInARow; i++)
            {
                if (!KillAfter(Lines().Length + random.Next(1, 9), random.Next(0, 40)))
                    break;
                killed++;
                RunFiles.AreWhole(expected, RunFiles.Final(_gate.PathOf("out")));
                Assert.True(Finished() >= finished, $"{finished} layers were finished, {Finished()} are left");
                finished = Finished();
            }

            Match found = Kept().Match(_gate.Run("compress").Ends(0).Error);
            int resumed = found.Success ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

            // Without a finished layer there is nothing to keep; killed behind the last one, the candidate itself may stand.
            if (finished is > 0 && finished < Layers)
                Assert.Equal(finished, resumed);
            kept += resumed;
            RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
            Assert.False(Directory.Exists(Path.GetDirectoryName(Journal)));
        }

        Assert.True(killed >= 2 * rounds, $"only {killed} runs could be killed before their end");
        Assert.True(kept > 0, "no layer was ever kept");
    }

    [Fact]
    public void What_keeps_no_layers_is_killed_without_a_trace_under_the_candidates_name_and_made_to_the_same_bytes()
    {
        Write("\"prune\": { \"method\": \"magnitude\", \"sparsity\": 0.25 }, \"quantize\": { \"bits\": 4, \"groupSize\": 32 }", windows: null);
        TimeSpan whole = _gate.Run("compress").Ends(0).Elapsed;
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        var random = new Random(20261125);
        int killed = 0;
        Clear();
        for (int i = 0; i < 4 && killed < 3; i++)
        {
            using Process process = _gate.Start("compress");
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            if (i % 2 == 0)
                SpinWait.SpinUntil(() => process.HasExited || Unfinished().Length > 0, 60_000);
            Thread.Sleep((int)(random.NextDouble() * (i % 2 == 0 ? 30 : whole.TotalMilliseconds / 2)));
            process.Kill();
            Assert.True(process.WaitForExit(20_000));
            killed += process.ExitCode == 137 ? 1 : 0;
            RunFiles.AreWhole(expected, RunFiles.Final(_gate.PathOf("out")));
        }

        Assert.True(killed > 0, "no run could be killed before its end");
        _gate.Run("compress").Ends(0);
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
        Assert.Empty(Unfinished());
    }

    private string[] Unfinished() =>
        Directory.Exists(_gate.PathOf("out")) ? Directory.GetDirectories(_gate.PathOf("out"), ".candidate.*") : [];

    private void Write(string recipe, string? windows)
    {
        string data = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl").Replace("\\", "/", StringComparison.Ordinal);
        string calibration = windows is null ? "" : $", \"calibration\": {{ \"data\": \"{data}\", {windows} }}";
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
              "recipe": { {{recipe}}{{calibration}} },
              "thresholds": { "retention": 0.5 }
            }
            """);
    }

    // Kills when the journal has so many lines, or the run is over before.
    private bool KillAfter(int lines, int pause)
    {
        using Process process = _gate.Start("compress");
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && Lines().Length < lines)
            Thread.Sleep(1);
        Thread.Sleep(pause);
        process.Kill();
        Assert.True(process.WaitForExit(20_000));
        return process.ExitCode == 137;
    }

    // Layers among the whole lines; the others are what was decided before them.
    private int Finished() => Lines().Count(line => line.Contains("\"Kind\":\"layer\"", StringComparison.Ordinal));

    // Whole lines behind the one with the key.
    private string[] Lines()
    {
        try
        {
            using var stream = new FileStream(Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split('\n')[..^1] is [_, .. string[] lines] ? lines : [];
        }
        catch (IOException)
        {
            return [];
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

    [GeneratedRegex(@"(\d+) of them kept from an interrupted compression")]
    private static partial Regex Kept();
}
