using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Sweeps;
using Gate.Diagnostics;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Sweeps;

public sealed class SweepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-sweep-").FullName;

    [Fact]
    public void A_sweep_recommends_judges_on_other_questions_and_repeats_itself_to_the_byte()
    {
        GateConfiguration configuration = Read("""
            "suite": { "tasks": ["mcqa", "lama"], "limit": 200 },
            "sweep": { "bits": [2, 4, "8"], "sparsities": [0, 0.5], "scopes": ["all"], "tokens": 256, "items": 40, "retention": 0.8 }
            """);
        SweepOutcome outcome = GateSweep.Run(configuration, Context());

        Assert.Equal(6, outcome.Candidates.Length);
        Assert.NotNull(outcome.Recommended);
        Assert.NotNull(outcome.Verdict);
        Assert.Equal(400, outcome.SearchItems + outcome.VerdictItems);
        SweepResult best = outcome.Candidates.Single(candidate => candidate.Name == outcome.Recommended);
        Assert.True(best.Retention!.Lower >= 0.8);
        Assert.All(outcome.Candidates.Where(other => other.Retention?.Lower >= 0.8), other => Assert.True(other.SrCr!.Value <= best.SrCr!.Value));
        Assert.All(outcome.Candidates.Where(candidate => candidate.DroppedAt is not null), dropped =>
        {
            SweepResult better = outcome.Candidates.Single(candidate => candidate.Name == dropped.BeatenBy);
            Assert.True(better.CompressionRate >= dropped.CompressionRate && better.Bytes <= dropped.Bytes);
        });
        SweepResult[] settled = [.. outcome.Candidates.Where(candidate => candidate is { DroppedAt: null } && candidate.Questions < outcome.SearchItems)];
        Assert.NotEmpty(settled);
        Assert.All(settled, candidate => Assert.True(candidate.Retention!.Upper < 0.8));
        Assert.Contains(settled, candidate => outcome.Frontier.CompressionRate.Contains(candidate.Name));
        Assert.True(outcome.Cost.Asked < outcome.Cost.Exhaustive);
        Assert.Contains("<svg", SweepMarkdown.Write(outcome), StringComparison.Ordinal);
        Assert.Contains(outcome.Recommended, outcome.Frontier.CompressionRate);
        Assert.Contains($"\"{outcome.Frontier.Bytes[0]}\"", SweepJson.Write(outcome).Split("\"frontier\"")[1].Split(']')[1], StringComparison.Ordinal);
        Assert.Equal(SweepJson.Write(outcome), SweepJson.Write(GateSweep.Run(configuration, Context())));
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(_folder, "out", "sweep", "candidates")));
    }

    [Fact]
    public void A_sweep_that_drops_nothing_asks_every_question_once()
    {
        SweepOutcome outcome = GateSweep.Run(
            Read("""
                "suite": { "tasks": ["lama"], "limit": 40 },
                "sweep": { "bits": ["4", "8"], "sparsities": ["0"], "scopes": ["all"], "tokens": 128, "items": 20, "retention": 0.5 }
                """),
            Context());

        Assert.All(outcome.Candidates, candidate => Assert.Null(candidate.DroppedAt));
        Assert.Equal(2 * outcome.SearchItems, outcome.Cost.Exhaustive);
        Assert.Equal(outcome.Cost.Exhaustive, outcome.Cost.Asked);
    }

    [Fact]
    public void A_joint_recipe_behind_a_mask_is_held_against_the_nearest_quantised_one_and_the_larger_never_wins()
    {
        SweepOutcome outcome = GateSweep.Run(
            Read("""
                "suite": { "tasks": ["lama"], "limit": 60 },
                "sweep": { "bits": ["3", "6", "8"], "sparsities": ["0", "0.75"], "scopes": ["all"], "tokens": 128, "retention": 0.5, "exhaustive": true }
                """),
            Context());

        // Rows of 128 and 384 inputs: a bit for each weight and 64 bits for each row, 1.4167 bits for each weight of the model, against three quarters of 8.
        SweepResult largest = outcome.Candidates.Single(candidate => candidate.Name == "75 % magnitude + 8 bit rtn");
        Assert.Equal(8.5 - 6 + 1.416667, largest.MaskedBitsPerWeight, 5);
        SweepComparison beaten = Masked(largest.Name), smaller = Masked("75 % magnitude + 6 bit rtn");
        Assert.Equal(("3 bit rtn", "quantised"), (beaten.Quantized, beaten.Winner));
        Assert.StartsWith("3.917 real bits against 3.5;", beaten.Evidence, StringComparison.Ordinal);
        Assert.Equal(("3 bit rtn", "neither"), (smaller.Quantized, smaller.Winner));
        Assert.True(smaller.Difference!.Upper < 0);
        Assert.StartsWith("3.417 real bits against 3.5, the better one is larger;", smaller.Evidence, StringComparison.Ordinal);

        SweepComparison Masked(string joint) => outcome.Comparisons.Single(comparison => comparison.Equal == "real bits with a mask" && comparison.Joint == joint);
    }

    [Fact]
    public void A_candidate_is_dropped_only_for_one_no_larger_that_is_surely_better()
    {
        (double Lower, double Upper)[] quality = [(0.90, 0.95), (0.80, 0.91), (0.70, 0.85), (0.10, 0.20), (0.70, 0.89)];
        int?[] beatenBy = DropRule.Apply(
            [new(0.75, 100), new(0.75, 100), new(0.75, 100), new(0.80, 90), new(0.70, 110)], (better, worse) => quality[better].Lower > quality[worse].Upper);
        Assert.Equal([null, null, 0, null, 0], beatenBy);
    }

    [Fact]
    public void A_frontier_holds_what_no_other_recipe_beats_in_size_and_retention_both()
    {
        SweepFrontier frontier = SweepFrontier.Of(
        [
            Result("large and good", 0.5, 800, 0.99), Result("smaller in theory only", 0.75, 800, 0.95), Result("smaller on disk only", 0.5, 400, 0.95),
            Result("beaten", 0.5, 900, 0.9), Result("smallest", 0.9, 300, 0.4), Result("its twin", 0.9, 300, 0.4), Result("not asked", 0.99, 1, null),
        ]);

        Assert.Equal(["large and good", "smaller in theory only", "smallest", "its twin"], frontier.CompressionRate);
        Assert.Equal(["large and good", "smaller on disk only", "smallest", "its twin"], frontier.Bytes);

        static SweepResult Result(string name, double rate, long bytes, double? retention) => new(
            name, "all", 0, 4, rate, 4, 4, bytes, 0, null, null, retention is { } value ? new Results.Estimate(value, value, value) : null, null, null, null);
    }

    [Theory]
    [InlineData("\"bits\": [\"9\"]", "2 to 8")]
    [InlineData("\"sparsities\": [\"1\"]", "share from 0")]
    [InlineData("\"scopes\": [\"heads\"]", "attention")]
    [InlineData("\"prune\": [\"magic\"]", "magnitude")]
    public void A_word_that_means_nothing_is_refused_with_what_would(string key, string expected)
    {
        GateException refusal = Assert.Throws<GateException>(() => Read($"\"sweep\": {{ {key} }}"));
        Assert.Equal("GATE1006", refusal.Diagnostic.Code);
        Assert.Contains(expected, refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GateConfiguration Read(string rest)
    {
        string model = Repository.PathOf("samples", "models", "facts-llama").Replace('\\', '/');
        string file = Path.Combine(_folder, "gate.json");
        File.WriteAllText(file, $"{{ \"model\": \"{model}\", {rest} }}");
        return ConfigurationReader.Read(file, new ConfigurationSources(_folder, ImmutableDictionary<string, string>.Empty, []));
    }

    private RunContext Context() =>
        new(_folder, Path.Combine(_folder, "cache"), new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
}
