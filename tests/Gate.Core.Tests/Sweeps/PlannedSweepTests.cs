using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Pipeline.Shards;
using Gate.Core.Sweeps;
using Gate.Diagnostics;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Sweeps;

public sealed class PlannedSweepTests : IDisposable
{
    private const string Suite = "\"suite\": { \"tasks\": [\"lama\"], \"limit\": 60 }";
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planned-sweep-").FullName;

    [Fact]
    public void Planned_recipes_stand_beside_the_grid_hold_their_budgets_and_reach_the_frontier_the_page_and_the_plot()
    {
        GateConfiguration configuration = Read($$"""
            {{Suite}},
            "sweep": {
              "bits": ["2", "3"], "sparsities": ["0"], "scopes": ["all"], "tokens": 256, "items": 10, "retention": 0.5,
              "plan": { "compressionRate": ["0.8"], "bitsPerWeight": ["3.5", "5"], "ratio": ["0.6"] }
            },
            "planning": { "tokens": 256 }
            """);
        SweepOutcome outcome = GateSweep.Run(configuration, Context("cache"));

        Assert.Equal(
            ["2 bit rtn", "3 bit rtn", "planned TCr 0.8", "planned 3.5 real bits", "planned 5 real bits", "planned ratio 0.6"],
            outcome.Candidates.Select(candidate => candidate.Name));
        Assert.True(Of("planned TCr 0.8").CompressionRate >= 0.8);
        Assert.InRange(Of("planned 3.5 real bits").BitsPerWeight, 3, 3.5);
        Assert.InRange(Of("planned 5 real bits").BitsPerWeight, 4.5, 5);
        Assert.InRange(Of("planned ratio 0.6").Bytes, 1, 0.6 * 2_623_744);
        Assert.True(Of("planned 3.5 real bits").Divergence!.Mean < Of("3 bit rtn").Divergence!.Mean);
        Assert.Contains("planned for at most 3.5 real bits per weight", Of("planned 3.5 real bits").Planned, StringComparison.Ordinal);
        Assert.Null(Of("3 bit rtn").Planned);
        Assert.Contains("planned 3.5 real bits", outcome.Frontier.Bytes);
        Assert.StartsWith("planned", outcome.Recommended, StringComparison.Ordinal);
        Assert.DoesNotContain(outcome.Comparisons, comparison => comparison.Joint.StartsWith("planned", StringComparison.Ordinal));

        string page = SweepMarkdown.Write(outcome), plot = SweepPlot.Draw(outcome);
        Assert.Contains("## Planned recipes", page, StringComparison.Ordinal);
        int scored = outcome.Candidates.Count(candidate => candidate is { Retention: not null, Planned: not null });
        Assert.Equal(2 * scored, plot.Split("<path ").Length - 1);
        Assert.Contains("<title>planned 5 real bits: Sr", plot, StringComparison.Ordinal);

        Assert.Equal(SweepJson.Write(outcome), SweepJson.Write(GateSweep.Run(configuration, Context("cache"))));
        SweepResult Of(string name) => outcome.Candidates.Single(candidate => candidate.Name == name);
    }

    [Fact]
    public void An_empty_grid_leaves_the_planned_recipes_alone_and_parts_plan_only_their_own()
    {
        GateConfiguration configuration = Read($$"""
            {{Suite}}, "sweep": { "bits": [], "tokens": 128, "items": 10, "retention": 0.3, "plan": { "bitsPerWeight": ["3", "4"] } }, "planning": { "tokens": 128 }
            """);
        List<string> notes = [];
        (int recipes, int all) = GateSweep.RunShard(configuration, new Shard(2, 2), Context("part", new Told(told => notes.AddRange(told is RunNoted noted ? [noted.Diagnostic.Message] : []))));
        Assert.Equal((1, 2), (recipes, all));
        Assert.Contains("planned for at most 4 real bits per weight", Assert.Single(notes), StringComparison.Ordinal);

        ShardFolder.Import(Path.Combine(_folder, "part"), "part", new Gate.Core.Caching.CacheStore(Path.Combine(_folder, "joined")));
        SweepOutcome joined = GateSweep.Run(configuration, Context("joined")), alone = GateSweep.Run(configuration, Context("alone"));
        Assert.Equal(["planned 3 real bits", "planned 4 real bits"], alone.Candidates.Select(candidate => candidate.Name));
        Assert.Equal(SweepJson.Write(alone), SweepJson.Write(joined));
    }

    [Fact]
    public void Candidates_are_sized_and_written_in_the_format_the_configuration_asks_for_and_what_it_cannot_hold_is_left_out()
    {
        List<string> notes = [];
        SweepOutcome outcome = GateSweep.Run(
            Read($$"""
                {{Suite}}, "output": { "format": "gptq" },
                "sweep": { "bits": ["4", "5", "16"], "sparsities": ["0", "0.5"], "scopes": ["all"], "tokens": 128, "items": 10, "retention": 0.1, "plan": { "bitsPerWeight": ["4.9"] } },
                "planning": { "tokens": 128 }
                """),
            Context("cache", new Told(told => notes.AddRange(told is RunNoted { Diagnostic.Code: "GATE4072" } noted ? [noted.Diagnostic.Message] : []))));

        Assert.Equal("gptq", outcome.CandidateFormat);
        Assert.Equal(["4 bit rtn", "50 % magnitude + 4 bit rtn", "planned 4.9 real bits"], outcome.Candidates.Select(candidate => candidate.Name));
        Assert.Contains(notes, note => note.StartsWith("5 bit rtn is left out", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.StartsWith("50 % magnitude is left out", StringComparison.Ordinal));

        // GPTQ stores packed zero points and the group of each input beside 4 bit and 16 bit for each group of 32.
        Assert.True(outcome.Candidates[0].BitsPerWeight > 4.6);
        SweepResult recommended = outcome.Candidates.Single(candidate => candidate.Name == outcome.Recommended);
        string folder = Assert.Single(Directory.EnumerateDirectories(Path.Combine(_folder, "out", "sweep", "candidates")));
        Assert.Equal(recommended.Bytes, new FileInfo(Path.Combine(folder, "model.safetensors")).Length);
        Assert.Contains("\"quant_method\": \"gptq\"", File.ReadAllText(Path.Combine(folder, "config.json")), StringComparison.Ordinal);
        Assert.Contains("in `gptq`", SweepMarkdown.Write(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"bitsPerWeight\": [\"4\", \"0\"]", "sweep.plan.bitsPerWeight", "0 < x ≤ 16", "\"0\"")]
    [InlineData("\"compressionRate\": [\"80%\"]", "sweep.plan.compressionRate", "0.95", "\"80%\"")]
    [InlineData("\"ratio\": [\"0.5\", \"30\"]", "sweep.plan.ratio", "0 < x ≤ 1", "\"30\"")]
    [InlineData("\"size\": [\"much\"]", "sweep.plan.size", "GiB", "\"much\"")]
    public void A_budget_that_is_none_is_refused_with_its_key_line_and_column(string key, string name, string expected, string value)
    {
        GateException refusal = Assert.Throws<GateException>(() => Read($"\"sweep\": {{\n  \"plan\": {{ {key} }} }}"));
        Diagnostic refused = refusal.Diagnostic;
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, $"{refused.Message} {refused.Remedy}", StringComparison.Ordinal);
        Assert.Equal(2, refused.Location!.Line);
        Assert.Equal($"  \"plan\": {{ {key} }} }}".IndexOf(value, StringComparison.Ordinal) + 1, refused.Location.Column);
    }

    [Fact]
    public void A_budget_that_nothing_meets_is_refused_at_its_place_with_the_floor_before_any_work()
    {
        GateConfiguration configuration = Read("\"sweep\": {\n \"plan\": { \"bitsPerWeight\": [\"4\", \"2.01\"] } }");
        Diagnostic refused = Assert.Throws<GateException>(() => GateSweep.Run(configuration, Context("cache"))).Diagnostic;
        Assert.Equal("GATE4070", refused.Code);
        Assert.Contains("'sweep.plan.bitsPerWeight'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2.104167 bits per weight", refused.Message, StringComparison.Ordinal);
        Assert.Equal((2, 35), (refused.Location!.Line, refused.Location.Column));
        Assert.False(Directory.Exists(Path.Combine(_folder, "cache", "planning")));
    }

    [Fact]
    public void An_empty_grid_without_planned_recipes_is_refused_and_the_remedy_names_them()
    {
        Diagnostic refused = Assert.Throws<GateException>(() => Read("\"sweep\": { \"bits\": [] }")).Diagnostic;
        Assert.Equal("GATE1006", refused.Code);
        Assert.Contains("sweep.plan", refused.Remedy, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GateConfiguration Read(string rest)
    {
        string model = Repository.PathOf("samples", "models", "facts-llama").Replace('\\', '/');
        string file = Path.Combine(_folder, "gate.json");
        File.WriteAllText(file, $"{{ \"model\": \"{model}\", {rest} }}");
        return ConfigurationReader.Read(file, new ConfigurationSources(_folder, ImmutableDictionary<string, string>.Empty, []));
    }

    private RunContext Context(string cache, IProgress<RunEvent>? progress = null) =>
        new(_folder, Path.Combine(_folder, cache), new ComputeThreads(2), TimeProvider.System, null, progress, TestContext.Current.CancellationToken);

    private sealed class Told(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }
}
