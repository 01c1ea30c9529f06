using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Diagnostics;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Planning;

public sealed class PlanningMemoryTests(MeasuredModel measured) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planning-").FullName;

    [Fact]
    public void A_memory_limit_that_planning_cannot_keep_is_refused_before_anything_is_measured()
    {
        List<string> begun = [];
        RunContext context = new(
            _folder, _folder, new ComputeThreads(2), TimeProvider.System, null,
            new Listener(told => begun.AddRange(told is PhaseProgress progress ? [progress.What] : [])), TestContext.Current.CancellationToken);
        using JudgedModel dense = MeasuredModel.Open(context);
        CalibrationRecipe calibration = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 8, 128);
        PlanningOptions options = MeasuredModel.Short with { Methods = PlanningMethods.Calibrated(calibration), Memory = 1 << 20 };
        GateException refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, 4, null), options, context, dense));

        Assert.Equal("GATE4140", refusal.Diagnostic.Code);
        Assert.Empty(begun);
    }

    [Fact]
    public void The_dense_model_is_not_in_memory_while_candidates_are_tried_and_a_limit_moves_its_logits_to_a_file()
    {
        PlannedRecipe free = measured.Planned;
        Assert.False(measured.WasDenseLoaded);
        using JudgedModel dense = MeasuredModel.Open(Context());

        HeldOutText text = HeldOutText.Of(MeasuredModel.Short, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration: null);
        var memory = PlanningMemory.Of(new PlanSearch(dense.Model, new Budget(null, 3.5, null), MeasuredModel.Short.Methods), dense, text);
        Assert.False(memory.AreLogitsInFile(null));
        Assert.True(memory.AreLogitsInFile(memory.Least));
        Assert.InRange(memory.PeakWithin(memory.Least), 1, memory.Least);
        Assert.InRange(memory.PeakWithin(memory.Least + memory.LogitsBytes), 1, memory.Least + memory.LogitsBytes);
        Assert.True(memory.PeakWithin(null) >= memory.Least + memory.LogitsBytes);

        RunContext apart = new(_folder, Path.Combine(_folder, "apart"), new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);
        PlannedRecipe held = RecipePlanning.Plan(new Budget(null, 3.5, null), MeasuredModel.Short with { Memory = memory.Least }, apart, dense);
        Assert.Equal(free.Summary, held.Summary);
        Assert.False(dense.IsLoaded);

        var refusal = Assert.Throws<GateException>(() => RecipePlanning.Plan(new Budget(null, 3.5, null), MeasuredModel.Short with { Memory = memory.Least - 1 }, apart, dense));
        Assert.Equal("GATE4140", refusal.Diagnostic.Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RunContext Context() => new(_folder, _folder, new ComputeThreads(2), TimeProvider.System, null, null, TestContext.Current.CancellationToken);

    private sealed class Listener(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }
}
