using System.Collections.Immutable;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Caching;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Models.Calibration;

namespace Gate.Core.Planning;

/// <summary>
/// A recipe for a budget: errors are measured once per model, every budget is solved from them, and the plan has to beat the best uniform recipe of at
/// most the same budget on a text before it ships.
/// </summary>
public static class RecipePlanning
{
    // How many uniform recipes, best predicted first, the plan is held against.
    private const int Rivals = 5;

    // The kind of its entries in the cache.
    private const string Kind = "planning";

    /// <summary>Plans.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="options">How.</param>
    /// <param name="context">The run.</param>
    /// <param name="dense">The dense model.</param>
    /// <exception cref="GateException">Exit 2 before any work: GATE4070 when nothing meets the budget.</exception>
    public static PlannedRecipe Plan(Budget budget, PlanningOptions options, RunContext context, JudgedModel dense)
    {
        var search = new PlanSearch(dense.Model, budget, options.Methods, options.Layout);
        search.EnsureFeasible();
        HeldOutText? text = dense.Tokenizer is { } tokenizer ? HeldOutText.Of(options, tokenizer, dense.Checkpoint.Configuration, options.Methods.Calibration) : null;
        var memory = PlanningMemory.Of(search, dense, text);
        memory.Require(options.Memory);
        return context.Phase("plan", "planning a recipe for the budget", () =>
        {
            PlannedRecipe planned = text is not null
                ? Guarded(search, budget, options, context, dense, text, memory) : Unguarded(search, budget, options, context, dense, memory);
            context.Note("GATE4071", Severity.Note, planned.Summary);
            return (planned, planned.Summary);
        });
    }

    private static PlannedRecipe Guarded(
        PlanSearch search, Budget budget, PlanningOptions options, RunContext context, JudgedModel dense, HeldOutText text, PlanningMemory memory)
    {
        using var trials = new PlanTrials(context, dense, text, memory, options.Memory);
        DamageMeasurement measurement = Measure(search, budget, options, context, dense, text, trials, memory);
        SolvedPlan solved = search.Solve(measurement);
        ImmutableArray<SolvedPlan> uniform = search.Uniform(measurement);
        ImmutableArray<TriedPlan> tried =
            [.. uniform.Take(Rivals).Prepend(solved).Select((plan, i) => new TriedPlan(plan, i > 0, trials.Measure(plan.Plan)))];
        // The plan itself comes first, so that it wins ties.
        TriedPlan shipped = tried.MinBy(plan => double.IsNaN(plan.Divergence.Mean) ? double.PositiveInfinity : plan.Divergence.Mean)!;
        double? agreement = RankCorrelation.Spearman([.. tried.Select(plan => plan.Solved.Damage)], [.. tried.Select(plan => plan.Divergence.Mean)]);
        return new PlannedRecipe(shipped.Solved.Plan, solved.Gap, measurement.Measure, shipped, tried, agreement);
    }

    private static PlannedRecipe Unguarded(
        PlanSearch search, Budget budget, PlanningOptions options, RunContext context, JudgedModel dense, PlanningMemory memory)
    {
        DamageMeasurement measurement = Measure(search, budget, options, context, dense, null, null, memory);
        SolvedPlan solved = search.Solve(measurement);
        return new PlannedRecipe(solved.Plan, solved.Gap, measurement.Measure, null, [], null);
    }

    // A cache that cannot be written costs the next run the time of measuring again, and this one nothing.
    private static void Keep(string file, DamageMeasurement measured, RunContext context)
    {
        try
        {
            context.Cache!.WriteFile(file, measured.ToJson());
        }
        catch (GateException exception) when (exception.InnerException is { } inner && StorageFault.Is(inner))
        {
            context.CacheFailed(StorageFault.Words(inner));
        }
    }

    private static DamageMeasurement Measure(
        PlanSearch search, Budget budget, PlanningOptions options, RunContext context, JudgedModel dense, HeldOutText? text, PlanTrials? trials,
        PlanningMemory memory)
    {
        // Without calibration zeros cost little to measure, so that one measurement serves every budget; with it they take four times as long.
        bool withZeros = options.Methods.Calibration is null || OptionMenu.CountsSparsity(budget);
        string key = MeasurementKey.Of(dense, options, text, withZeros);
        string[] usable = withZeros ? [key] : [MeasurementKey.Of(dense, options, text, withZeros: true), key];
        foreach (string known in usable)
        {
            if (FileOf(known) is { } kept && context.Cache!.ReadFile(kept) is { } json && DamageMeasurement.FromJson(json, known) is { } measurement)
            {
                context.Detail($"plan: measurement {known[..12]} from cache");
                return measurement;
            }
        }

        // Measuring takes what making a plan of all units takes. No trial has asked for logits yet.
        (long bytes, int tokens) = memory.Making.Within(options.Memory);
        using var journal = new MeasurementJournal(context.Cache?.Open(Kind, key[..32]));
        if (journal.Errors.Known.Count > 0)
            context.Detail($"plan: {journal.Errors.Known.Count} errors of layers are kept from an interrupted measurement");
        DamageMeasurement measured = UnitMeasurer.Measure(
            dense.Model, options.Methods, withZeros, key, new ActivationOptions(context.Threads, tokens, bytes) { Engine = context.Engine }, journal.Errors,
            done => context.Progress?.Report(new PhaseProgress("plan", "units measured", done, search.Units.Length)), context.CancellationToken);
        if (trials is not null)
        {
            (ActivationOptions calibrated, ActivationOptions asked) = memory.Probing(options.Memory, context.Threads, context.Engine);
            using UnitNoise noise = new(dense.Model, search.Units, options.Methods, calibrated, context.CancellationToken);
            using PlaceProbes probes = new(trials, dense.Model, text!, asked, context.CancellationToken);
            measured = Sensitivity.Scale(
                measured, search, trials, noise, probes, (done, total) => context.Progress?.Report(new PhaseProgress("plan", "places probed", done, total)));
        }

        if (FileOf(key) is { } file)
            Keep(file, measured, context);
        return measured;

        string? FileOf(string name) => context.Cache is { } cache ? Path.Combine(cache.Folder, Kind, name[..32], CacheMaintenance.MeasurementFile) : null;
    }
}
