using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Diagnostics;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Planning;

public sealed class RecipePlanningTests : IDisposable
{
    private static readonly PlanningOptions Short = new(Tokens: 256);
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planning-").FullName;

    [Fact]
    public void A_planned_recipe_is_no_worse_than_the_best_uniform_one_and_says_which_shipped()
    {
        RunContext context = Context();
        using JudgedModel dense = Open(context);
        PlannedRecipe planned = RecipePlanning.Plan(new Budget(null, 3.5, null), Short, context, dense);

        Assert.True(planned.Plan.BitsPerWeight <= 3.5);
        Assert.InRange(planned.Gap, 0, 0.01);
        Assert.True(planned.Tried.Length > 2);
        Assert.All(planned.Tried, tried => Assert.True(planned.Shipped!.Divergence.Mean <= tried.Divergence.Mean));
        Assert.Contains(context.Notes, note => note.Code == "GATE4071" && note.Message.Contains("ships", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_budget_is_solved_from_the_saved_measurement()
    {
        RunContext context = Context();
        using JudgedModel dense = Open(context);
        RecipePlanning.Plan(new Budget(null, 4.25, null), Short, context, dense);
        string file = Assert.Single(Directory.EnumerateFiles(_folder, "measurement.json", SearchOption.AllDirectories));
        DateTime written = File.GetLastWriteTimeUtc(file);

        PlannedRecipe again = RecipePlanning.Plan(new Budget(0.8125, null, null), Short, Context(), dense);

        Assert.True(again.Plan.TheoreticalCompressionRate >= 0.8125);
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void With_calibration_data_a_plan_is_measured_and_made_by_error_feedback_and_its_measurement_is_kept_for_them()
    {
        CalibrationRecipe calibration = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 8, 128);
        PlanningOptions options = Short with { Methods = PlanningMethods.Calibrated(calibration) };
        using JudgedModel dense = Open(Context());
        PlannedRecipe planned = RecipePlanning.Plan(new Budget(null, 3.5, null), options, Context(), dense);

        Assert.Equal("relative squared output error", planned.Measure);
        Assert.All(planned.Plan.Layers.Where(layer => layer.Quantize is not null), layer => Assert.Equal("gptq", layer.Quantize!.Method));
        Assert.All(planned.Tried, tried => Assert.True(planned.Shipped!.Divergence.Mean <= tried.Divergence.Mean));
        string file = Assert.Single(Measurements());
        DateTime written = File.GetLastWriteTimeUtc(file);
        RecipePlanning.Plan(new Budget(null, 4, null), options, Context(), dense);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Assert.Single(Measurements())));
        RecipePlanning.Plan(
            new Budget(null, 4, null), options with { Methods = options.Methods with { Calibration = calibration with { Seed = 1 } } }, Context(), dense);
        Assert.Equal(2, Measurements().Length);
    }

    [Fact]
    public void An_interrupted_measurement_goes_on_with_the_errors_it_had_found_and_comes_to_the_same_bytes()
    {
        string expected = Measured("whole", null, TestContext.Current.CancellationToken);

        using var cancelled = new CancellationTokenSource();
        var stop = new Listener(told =>
        {
            if (told is PhaseProgress { What: "units measured", Done: 5 })
                cancelled.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Measured("interrupted", stop, cancelled.Token));
        string journal = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "interrupted", "planning"), "*.journal", SearchOption.AllDirectories));
        File.AppendAllText(journal, "a line that was cut o");
        int found = File.ReadAllLines(journal).Length - 1;
        List<string> details = [];
        string resumed = Measured("interrupted", new Listener(told => details.AddRange(told is RunDetail detail ? [detail.Text] : [])), TestContext.Current.CancellationToken);

        Assert.Contains($"plan: {found} errors of layers are kept from an interrupted measurement", details);
        Assert.Equal(expected, resumed);

        string Measured(string folder, IProgress<RunEvent>? progress, CancellationToken cancellationToken)
        {
            string cache = Path.Combine(_folder, folder);
            RunContext context = new(_folder, cache, new ComputeThreads(2), TimeProvider.System, null, progress, cancellationToken);
            using JudgedModel dense = Open(context);
            string plan = RecipePlanning.Plan(new Budget(null, 3.5, null), Short, context, dense).Summary;
            return plan + File.ReadAllText(Assert.Single(Directory.GetFiles(cache, "measurement.json", SearchOption.AllDirectories)));
        }
    }

    [Fact]
    public void A_memory_limit_that_planning_cannot_keep_is_refused_before_anything_is_measured()
    {
        List<string> measured = [];
        RunContext context = new(
            _folder, _folder, new ComputeThreads(2), TimeProvider.System, null,
            new Listener(told => measured.AddRange(told is PhaseProgress progress ? [progress.What] : [])), TestContext.Current.CancellationToken);
        using JudgedModel dense = Open(context);
        CalibrationRecipe calibration = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 8, 128);
        PlanningOptions options = Short with { Methods = PlanningMethods.Calibrated(calibration), Memory = 1 << 20 };
        GateException refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, 4, null), options, context, dense));

        Assert.Equal("GATE4140", refusal.Diagnostic.Code);
        Assert.Empty(measured);
    }

    [Fact]
    public void The_dense_model_is_not_in_memory_while_candidates_are_tried_and_a_limit_moves_its_logits_to_a_file()
    {
        RunContext context = Context();
        using JudgedModel dense = Open(context);
        PlannedRecipe free = RecipePlanning.Plan(new Budget(null, 3.5, null), Short, context, dense);
        Assert.False(dense.IsLoaded);

        HeldOutText text = HeldOutText.Of(Short, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration: null);
        var memory = PlanningMemory.Of(new PlanSearch(dense.Checkpoint, new Budget(null, 3.5, null), Short.Methods), dense, text);
        Assert.False(memory.AreLogitsInFile(null));
        Assert.True(memory.AreLogitsInFile(memory.Least));
        Assert.InRange(memory.PeakWithin(memory.Least), 1, memory.Least);
        Assert.InRange(memory.PeakWithin(memory.Least + memory.LogitsBytes), 1, memory.Least + memory.LogitsBytes);
        Assert.True(memory.PeakWithin(null) >= memory.Least + memory.LogitsBytes);

        RunContext apart = new(_folder, Path.Combine(_folder, "apart"), new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
        PlannedRecipe held = RecipePlanning.Plan(new Budget(null, 3.5, null), Short with { Memory = memory.Least }, apart, dense);
        Assert.Equal(free.Summary, held.Summary);
        Assert.False(dense.IsLoaded);

        var refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, 3.5, null), Short with { Memory = memory.Least - 1 }, apart, dense));
        Assert.Equal("GATE4140", refusal.Diagnostic.Code);
    }

    [Fact]
    public void An_impossible_budget_is_refused_before_any_work()
    {
        RunContext context = Context();
        using JudgedModel dense = Open(context);
        GateException refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, null, 1000), Short, context, dense));

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
        using JudgedModel dense = Open(context);
        HeldOutText text = HeldOutText.Of(Short, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration: null);
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

    private string[] Measurements() => Directory.GetFiles(_folder, "measurement.json", SearchOption.AllDirectories);

    private sealed class Listener(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }

    private static JudgedModel Open(RunContext context) =>
        JudgedModel.Open(context, new NamedPath("facts-llama", Repository.PathOf("samples", "models", "facts-llama")));

    private RunContext Context() => new(_folder, _folder, new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
}
