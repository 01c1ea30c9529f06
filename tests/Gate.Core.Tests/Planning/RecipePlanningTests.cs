using Gate.Compression.Recipes;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Diagnostics;
using Gate.Numerics.Threading;

namespace Gate.Core.Tests.Planning;

public sealed class RecipePlanningTests(MeasuredModel measured) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planning-").FullName;

    [Fact]
    public void A_planned_recipe_is_no_worse_than_the_best_uniform_one_and_says_which_shipped()
    {
        PlannedRecipe planned = measured.Planned;

        Assert.True(planned.Plan.BitsPerWeight <= 3.5);
        Assert.InRange(planned.Gap, 0, 0.01);
        Assert.True(planned.Tried.Length > 2);
        Assert.All(planned.Tried, tried => Assert.True(planned.Shipped!.Divergence.Mean <= tried.Divergence.Mean));
        Assert.Contains(measured.Notes, note => note.Code == "GATE4071" && note.Message.Contains("ships", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_budget_is_solved_from_the_saved_measurement()
    {
        measured.CopyCache(_folder);
        using JudgedModel dense = MeasuredModel.Open(Context());
        string file = Assert.Single(Directory.EnumerateFiles(_folder, "measurement.json", SearchOption.AllDirectories));
        DateTime written = File.GetLastWriteTimeUtc(file);

        PlannedRecipe again = RecipePlanning.Plan(new Budget(0.8125, null, null), MeasuredModel.Short, Context(), dense);

        Assert.True(again.Plan.TheoreticalCompressionRate >= 0.8125);
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void An_impossible_budget_is_refused_before_any_work()
    {
        RunContext context = Context();
        using JudgedModel dense = MeasuredModel.Open(context);
        GateException refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, null, 1000), MeasuredModel.Short, context, dense));

        Assert.Equal("GATE4070", refusal.Diagnostic.Code);
        Assert.False(dense.IsLoaded);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_diverges_from_itself_by_nothing(bool inFile)
    {
        RunContext context = Context();
        using JudgedModel dense = MeasuredModel.Open(context);
        HeldOutText text = HeldOutText.Of(MeasuredModel.Short, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration: null);
        using DenseLogits logits = DenseLogits.Ask(dense.Load(), text, inFile ? Path.Combine(_folder, "logits") : null, TestContext.Current.CancellationToken);
        Divergence divergence = DivergenceMeter.Measure(logits, text, dense.Load(), TestContext.Current.CancellationToken);

        Assert.Equal(0, divergence.Mean);
        Assert.Equal(divergence.DensePerplexity, divergence.Perplexity);
        Assert.Equal(254, divergence.Tokens);
    }

    [Fact]
    public void Rank_correlation_agrees_with_values_worked_by_hand()
    {
        Assert.Equal(1, RankCorrelation.Spearman([1, 2, 3], [10, 20, 90]));
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 3], [3, 2, 1]));
        Assert.Equal(0.8, RankCorrelation.Spearman([1, 2, 3, 4], [1, 3, 2, 4])!.Value, 12);
        Assert.Null(RankCorrelation.Spearman([1, 1, 1], [1, 2, 3]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RunContext Context() => new(_folder, _folder, new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
}
