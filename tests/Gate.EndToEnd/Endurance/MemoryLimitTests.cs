using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gate.EndToEnd.Tool;
using Gate.Tests;

namespace Gate.EndToEnd.Endurance;

/// <summary>What the dry run predicts of memory, held against what the process took.</summary>
public sealed class MemoryLimitTests : IDisposable
{
    private const long Mebibyte = 1 << 20;
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void A_limit_is_predicted_and_kept_and_changes_no_byte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak of another process is read from /proc");
        RandomLlama.Write(_gate.PathOf("model"), 512, 1536, 4);
        string calibration = Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl").Replace("\\", "/", StringComparison.Ordinal);
        _gate.Write("gate.json", $$"""
            {
              "model": "model",
              "recipe": {
                "quantize": { "method": "gptq", "bits": 4, "groupSize": 128 },
                "calibration": { "data": "{{calibration}}", "samples": 96, "sequenceLength": 256 }
              }
            }
            """);

        // The stream of 96 windows is 48 MiB: with a limit under it, it lies in a file.
        (long free, bool freeInFile) = Predicted();
        Assert.False(freeInFile);
        long least = Least("compress");
        long limit = least + (16 * Mebibyte);
        Assert.True(limit < free, $"limit {limit}, predicted without one {free}");
        (long held, bool heldInFile) = Predicted("--memory", $"{limit}");
        Assert.True(heldInFile);
        Assert.InRange(held, 1, limit);

        long peak = PeakOf("compress", "--output", "held", "--memory", $"{limit}");
        Assert.True(peak <= limit, $"peak {peak / Mebibyte} MiB, limit {limit / Mebibyte} MiB");
        Assert.True(held < 2 * peak, $"peak {peak / Mebibyte} MiB, predicted {held / Mebibyte} MiB");
        long unlimited = PeakOf("compress", "--output", "free");
        Assert.True(unlimited <= free, $"peak {unlimited / Mebibyte} MiB, predicted {free / Mebibyte} MiB");
        Assert.Equal(File.ReadAllBytes(_gate.PathOf("free", "model.safetensors")), File.ReadAllBytes(_gate.PathOf("held", "model.safetensors")));
    }

    [Fact]
    public void A_limit_is_kept_while_a_recipe_is_planned_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak of another process is read from /proc");
        RandomLlama.Write(_gate.PathOf("model"), 512, 1536, 2);
        _gate.Write("gate.json", """{ "model": "model", "budget": { "bitsPerWeight": 4.25 }, "planning": { "tokens": 1024 } }""");
        long limit = LeastOf("compress", "--dry-run") * Mebibyte;
        long peak = PeakOf("compress", "--dry-run", "--memory", $"{limit}");
        Assert.True(peak <= limit, $"peak {peak / Mebibyte} MiB, limit {limit / Mebibyte} MiB");
    }

    // The least is accepted, one mebibyte less is not.
    private long Least(string command)
    {
        long least = LeastOf(command);
        _gate.Run(command, "--dry-run", "--memory", $"{least}MiB").Ends(0);
        _gate.Run(command, "--dry-run", "--memory", $"{least - 1}MiB").Ends(2).Says("GATE4140");
        return least * Mebibyte;
    }

    // A limit of one mebibyte is refused with the least that would do.
    private long LeastOf(params string[] command)
    {
        ToolRun refused = _gate.Run([.. command, "--memory", "1MiB"]).Ends(2).Says("GATE4140", "expected at least");
        string text = refused.Error[(refused.Error.IndexOf("at least ", StringComparison.Ordinal) + 9)..];
        return long.Parse(text[..text.IndexOf("MiB", StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    private (long Bytes, bool InFile) Predicted(params string[] more)
    {
        using JsonDocument forecast = JsonDocument.Parse(_gate.Run([.. (string[])["compress", "--dry-run", "--json"], .. more]).Ends(0).Out);
        return (forecast.RootElement.GetProperty("peakBytes").GetInt64(), forecast.RootElement.GetProperty("activationsInFile").GetBoolean());
    }

    // The largest VmHWM seen; the value only rises, and is read often.
    private long PeakOf(params string[] arguments)
    {
        using Process process = _gate.Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        long peak = 0;
        while (!process.WaitForExit(10))
        {
            try
            {
                string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
                if (line is not null)
                    peak = Math.Max(peak, 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It ended in this moment.
            }
        }

        Assert.True(process.ExitCode == 0, error.Result);
        return peak;
    }
}
