using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Core.Sweeps;
using Gate.Diagnostics;
using Gate.Tests;

namespace Gate.Core.Tests.Sweeps;

public sealed class CalibratedSweepTests(CalibratedGrid grid) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-calibrated-sweep-").FullName;

    [Fact]
    public void Every_pair_of_methods_is_measured_and_error_feedback_diverges_less_at_the_same_size()
    {
        SweepOutcome outcome = grid.Outcome;

        Assert.Equal(
            [
                "3 bit rtn", "3 bit gptq", "50 % magnitude + 3 bit rtn", "50 % magnitude + 3 bit gptq", "50 % magnitude", "50 % sparsegpt + 3 bit rtn",
                "50 % sparsegpt + 3 bit gptq", "50 % sparsegpt",
            ],
            outcome.Candidates.Select(candidate => candidate.Name));
        Assert.True(Of("3 bit gptq") < Of("3 bit rtn"));
        Assert.True(Of("50 % sparsegpt") < Of("50 % magnitude"));
        Assert.Equal("16 packed windows of 128 tokens (seed 0) of calibration.jsonl", outcome.Calibration);
        Assert.True(outcome.Cost.Asked <= outcome.Cost.Exhaustive);

        double Of(string name) => outcome.Candidates.Single(candidate => candidate.Name == name).Divergence!.Mean;
    }

    [Fact]
    public void Settings_of_a_method_are_those_of_the_recipe()
    {
        GateConfiguration configuration = Read("settings", """
            "recipe": { "quantize": { "method": "gptq", "bits": 4, "symmetric": false, "damping": 0.1 }, CALIBRATION },
            "sweep": { "quantize": ["rtn", "gptq"], "bits": ["3"], "sparsities": ["0"], "scopes": ["all"] }
            """);
        using JudgedModel dense = Open();
        ImmutableArray<SweepCell> cells = SweepGrid.Of(
            dense.Model, configuration.Sweep!, configuration.Recipe, configuration.Calibration, configuration.Layout, (name, reason) => Assert.Fail($"{name}: {reason}"));

        Assert.Equal(["3 bit rtn", "3 bit gptq"], cells.Select(cell => cell.Name));
        Assert.True(cells[0].Plan.Recipe.Quantize!.Symmetric);
        Assert.Equal((3, false, 0.1), (cells[1].Plan.Recipe.Quantize!.Bits, cells[1].Plan.Recipe.Quantize!.Symmetric, cells[1].Plan.Recipe.Quantize!.Damping));
        Assert.Equal([false, true], cells.Select(cell => cell.IsCalibrated));
    }

    [Fact]
    public void A_structure_of_the_recipe_is_swept_where_the_scope_has_it_and_named()
    {
        GateConfiguration configuration = Read("structures", """
            "recipe": { "prune": { "method": "l2-structured", "structure": "neurons", "sparsity": 0.1 } },
            "sweep": { "prune": ["l2-structured", "magnitude"], "bits": [4, 16], "sparsities": [0.25], "scopes": ["all", "ffn"] }
            """);
        using JudgedModel dense = Open();
        List<string> refused = [];
        ImmutableArray<SweepCell> cells = SweepGrid.Of(
            dense.Model, configuration.Sweep!, configuration.Recipe, configuration.Calibration, configuration.Layout, (name, reason) => refused.Add($"{name}: {reason}"));

        Assert.Equal(
            [
                "25 % magnitude + 4 bit rtn", "25 % magnitude", "25 % l2-structured of neurons + 4 bit rtn, ffn", "25 % l2-structured of neurons, ffn",
                "25 % magnitude + 4 bit rtn, ffn", "25 % magnitude, ffn",
            ],
            cells.Select(cell => cell.Name));
        Assert.Equal(2, refused.Count);
        Assert.All(refused, reason => Assert.Contains("has no part in neurons", reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_calibrated_method_without_calibration_data_is_refused_before_any_work()
    {
        GateException refusal = Assert.Throws<GateException>(() => GateSweep.Run(Read("none", "\"sweep\": { \"quantize\": [\"rtn\", \"gptq\"] }"), Context("none")));

        Assert.Equal("GATE4052", refusal.Diagnostic.Code);
        Assert.False(Directory.Exists(Path.Combine(_folder, "none", "out", "sweep", "candidates")));
    }

    [Fact]
    public void Questions_that_calibration_has_seen_are_asked_neither_by_the_search_nor_by_the_verdict()
    {
        string[] heldOut = File.ReadAllLines(Suite("heldout.txt"));
        File.WriteAllLines(Path.Combine(_folder, "seen.txt"), heldOut.Take(heldOut.Length / 2));
        string settings = CalibratedGrid.Settings.Replace("\"lama\"", "\"perplexity\", \"lama\"", StringComparison.Ordinal);
        var notes = new List<Diagnostic>();
        SweepOutcome outcome = Sweep(
            "seen", settings.Replace("\"rtn\", \"gptq\"", "\"gptq\"", StringComparison.Ordinal).Replace("\"0\", \"0.5\"", "\"0\"", StringComparison.Ordinal),
            new Told(told => notes.AddRange(told is RunNoted noted ? [noted.Diagnostic] : [])), data: Path.Combine(_folder, "seen.txt"));

        Diagnostic note = Assert.Single(notes, note => note.Code == "GATE4160");
        int left = int.Parse(note.Message.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(left, 20, 59);
        Assert.Equal(120 - left, outcome.SearchItems + outcome.VerdictItems);

        File.Copy(Suite("heldout.txt"), Path.Combine(_folder, "all.txt"));
        GateException refusal = Assert.Throws<GateException>(() => Sweep("all", settings, data: Path.Combine(_folder, "all.txt")));
        Assert.Equal("GATE4161", refusal.Diagnostic.Code);
    }

    [Fact]
    public void The_text_candidates_are_compared_on_shares_no_line_with_what_they_were_calibrated_on()
    {
        using JudgedModel dense = Open();
        Compression.Recipes.CalibrationRecipe half = new(Suite("calibration.jsonl")), whole = new(HeldOutText.BuiltInPath);
        HeldOutText text = HeldOutText.Of(new PlanningOptions(Tokens: 100_000), dense.Tokenizer!, dense.Checkpoint.Configuration, half);
        string shown = string.Concat(text.Windows.Select(window => dense.Tokenizer!.Decode(window.AsSpan(), skipSpecialTokens: true)));
        string[] calibration = [.. Compression.Calibration.CalibrationDocuments.Read(half.Data)];

        Assert.True(text.ScoredTokens > 4000);
        Assert.DoesNotContain(shown.Split('\n'), line => calibration.Contains(line));
        GateException refusal = Assert.Throws<GateException>(() => HeldOutText.Of(new PlanningOptions(), dense.Tokenizer!, dense.Checkpoint.Configuration, whole));
        Assert.Equal("GATE5031", refusal.Diagnostic.Code);
        Assert.Contains("calibration.txt do not share", refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Suite(string name) => Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", name);

    private SweepOutcome Sweep(string folder, string settings, IProgress<RunEvent>? progress = null, string? data = null) =>
        GateSweep.Run(Read(folder, "\"recipe\": { CALIBRATION }," + settings, data), Context(folder, progress));

    private JudgedModel Open() => JudgedModel.Open(Context("dense"), new NamedPath("facts-llama", Repository.PathOf("samples", "models", "facts-llama")));

    private GateConfiguration Read(string folder, string rest, string? data = null) => CalibratedGrid.Read(Path.Combine(_folder, folder), rest, data);

    private RunContext Context(string folder, IProgress<RunEvent>? progress = null) =>
        CalibratedGrid.Context(Path.Combine(_folder, folder), progress, TestContext.Current.CancellationToken);

    private sealed class Told(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }
}
