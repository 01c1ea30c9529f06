using Gate.Results;
using Gate.Tests;

namespace Gate.EndToEnd.Tool;

/// <summary>The samples, copied out of the repository as a user would.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly GateTool _gate = new();

    public SampleTests()
    {
        foreach (string sample in new[] { "models/facts-llama", "models/facts-bert", "models/facts-t5", "quickstart", "breach", "compare", "compare/candidate", "encoder", "encoder-decoder" })
        {
            string target = _gate.PathOf("samples", sample);
            Directory.CreateDirectory(target);
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf("samples", sample)))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    [Trait("Complaint", "07")]
    public void The_quickstart_passes_and_its_second_run_answers_from_the_cache_with_the_same_verdict()
    {
        ToolRun first = _gate.Run("run", "samples/quickstart").Ends(0);
        Assert.StartsWith("Passed:", first.Out.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains("thresholds.retention", first.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', first.Error);
        GateResults results = ReadResults("quickstart");
        Assert.Equal(0.8125, results.Size.TheoreticalCompressionRate!.Value, 4);
        Assert.Equal(5, results.Tasks.Length);

        ToolRun second = _gate.Run("run", "samples/quickstart").Ends(0);
        Assert.Contains($"{4341}/{4341} answers from cache", second.Error, StringComparison.Ordinal);
        Assert.Contains("not made again", second.Error, StringComparison.Ordinal);
        Assert.Equal(results.Verdict.Rules.Select(rule => rule.Measured), ReadResults("quickstart").Verdict.Rules.Select(rule => rule.Measured));
        Assert.DoesNotContain(_gate.Folder, File.ReadAllText(_gate.PathOf("samples", "quickstart", "out", "results.json")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Complaint", "01")]
    public void The_breaching_sample_fails_with_exit_1_and_lists_what_was_forgotten()
    {
        ToolRun run = _gate.Run("run", "samples/breach", "--suite.tasks", "factoid-qa,perplexity", "--suite.limit", "200", "--decision.requirePower", "false");
        run.Ends(1).Says("samples/breach/gate.json(", "error GATE2001:");
        Assert.StartsWith("Failed:", run.Out.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        GateResults results = ReadResults("breach");
        Assert.True(results.Forgotten.Length > 100, $"{results.Forgotten.Length} forgotten");
        string report = File.ReadAllText(_gate.PathOf("samples", "breach", "out", "gate.md"));
        Assert.Contains(results.Forgotten[0].Expected, report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_candidate_made_elsewhere_is_compared_and_reports_render_the_same_bytes_again()
    {
        _gate.Run("compare", "samples/models/facts-llama", "samples/compare/candidate", "--config", "samples/compare", "--suite.limit", "250").Ends(0);
        string folder = _gate.PathOf("samples", "compare", "out");
        Assert.Null(ReadResults("compare").Compression);
        Dictionary<string, byte[]> before = new[] { "gate.md", "gate.junit.xml", "gate.summary.md", "gate.html" }
            .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
        _gate.Run("report", "samples/compare/out/results.json", "--report-dir", "again").Ends(0);
        foreach ((string name, byte[] bytes) in before)
            Assert.Equal(bytes, File.ReadAllBytes(_gate.PathOf("again", name)));
    }

    // The scores of the models' cards: an independent implementation asked the same facts.
    [Theory]
    [InlineData("encoder", 1220, 0.995902)]
    [InlineData("encoder-decoder", 1218, 0.99918)]
    public void A_masked_model_and_an_encoder_decoder_go_through_the_whole_gate(string sample, int items, double card)
    {
        _gate.Run("run", $"samples/{sample}").Ends(0);
        TaskResult task = Assert.Single(ReadResults(sample).Tasks);
        Assert.Equal(items, task.Items);
        Assert.Equal(card, task.DenseScore!.Value, 1e-3);
    }

    private GateResults ReadResults(string sample) => ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("samples", sample, "out", "results.json")));
}
