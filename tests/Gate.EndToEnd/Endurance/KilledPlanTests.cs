using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Endurance;

/// <summary>SIGKILL inside the measurement a plan is made from: what stood in the journal is not measured again, and the plan and its candidate are the same.</summary>
public sealed partial class KilledPlanTests : IDisposable
{
    private const int KillsInARow = 3;
    private readonly GateTool _gate = new();

    public KilledPlanTests() => RunFiles.FixTime(_gate);

    private string Measurements => Path.Combine(_gate.Cache, "planning");

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void A_plan_killed_while_it_is_measured_goes_on_to_the_bytes_of_an_uninterrupted_one()
    {
        string calibration = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl").Replace("\\", "/", StringComparison.Ordinal);
        _gate.Write("gate.json", $$"""
            {
              "model": "{{GateTool.SampleModel.Replace("\\", "/", StringComparison.Ordinal)}}",
              "budget": { "bitsPerWeight": 3.5 },
              "planning": { "tokens": 256 },
              "recipe": { "calibration": { "data": "{{calibration}}", "samples": 16, "sequenceLength": 128 } }
            }
            """);
        _gate.Run("compress").Ends(0);
        string scratch = Directory.CreateDirectory(_gate.PathOf("scratch")).FullName;
        _gate.Variables["TMPDIR"] = scratch;
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        string measurement = Measurement();
        Directory.Delete(_gate.PathOf("out"), recursive: true);
        Directory.Delete(_gate.Cache, recursive: true);

        var random = new Random(20261125);
        int found = 0;
        for (int i = 0; i < KillsInARow; i++)
        {
            KillAfter(found + random.Next(20, 150));
            Assert.True(Found() > found, $"{found} errors were found before, {Found()} after the next kill");
            Assert.Empty(Directory.GetFiles(Measurements, "measurement.json", SearchOption.AllDirectories));
            found = Found();
        }

        // Room for candidates, and who it belonged to.
        Assert.Equal(2, Left().Length);

        Match kept = Kept().Match(_gate.Run("compress", "-v").Ends(0).Error);
        Assert.True(kept.Success, "nothing was kept");

        // The line that a kill cut off is no line.
        Assert.InRange(int.Parse(kept.Groups[1].Value, CultureInfo.InvariantCulture), found - KillsInARow, found);
        Assert.Equal(measurement, Measurement());
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
        Assert.Empty(Left());

        string[] Left() => Directory.GetFileSystemEntries(scratch, "gate-plan-*");
    }

    private void KillAfter(int errors)
    {
        using Process process = _gate.Start("compress");
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && Found() < errors)
            Thread.Sleep(1);
        process.Kill();
        Assert.True(process.WaitForExit(20_000));
        Assert.Equal(137, process.ExitCode);
    }

    private int Found() => !Directory.Exists(Measurements) ? 0
        : Directory.EnumerateFiles(Measurements, "*.journal", SearchOption.AllDirectories).Sum(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Count(character => character == '\n');
        });

    private string Measurement() => File.ReadAllText(Assert.Single(Directory.GetFiles(Measurements, "measurement.json", SearchOption.AllDirectories)));

    [GeneratedRegex(@"plan: (\d+) errors of layers are kept from an interrupted measurement")]
    private static partial Regex Kept();
}
