using System.Text.Json;
using Gate.Tests;

namespace Gate.EndToEnd.Tool;

/// <summary>Published benchmarks from the command line.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void What_a_suite_asks_is_printed_and_what_is_missing_is_said()
    {
        string data = Repository.PathOf("samples", "srcr", "data");
        JsonElement[] lines = [.. _gate.Run("tasks", "bbh_cot_fewshot/word_sorting", "--data", data, "--requests").Ends(0).Out
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(15, lines.Length);
        Assert.Equal(["</s>", "Q", "\n\n"], lines[0].GetProperty("stops").EnumerateArray().Select(stop => stop.GetString()));
        _gate.Run("tasks", "gsm8k", "--data", data).Ends(4).Says("GATE5030", "gsm8k/test.jsonl");
        _gate.Run("tasks", "mmlu_pro", "--requests").Ends(4).Says("GATE5030", "--data");
        Assert.Contains("bbh/bbh/*.json", _gate.Run("tasks", "fetch-plan", "srcr").Ends(0).Out, StringComparison.Ordinal);
        _gate.Run("tasks", "fetch-plan").Ends(2).Says("GATE1010");
        _gate.Run("tasks", "bbh_cot_fewshot/word_sortin", "--data", data).Ends(2).Says("GATE5007", "word_sorting");
    }
}
