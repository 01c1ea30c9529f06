using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Calibration;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Pipeline.Shards;
using Gate.Core.Planning;
using Gate.Diagnostics;

namespace Gate.Core.Sweeps;

/// <summary>
/// Successive halving over a grid of recipes and recipes planned for budgets: weight error, divergence on a short text, a few items the dense model knows, the search split; then one
/// verdict on the best recipe, on questions the search never saw. Interrupted, the same command goes on where it was: candidates, divergences and
/// answers are kept as they are finished.
/// </summary>
public static class GateSweep
{
    /// <summary>Sweeps.</summary>
    /// <param name="configuration">The configuration; of its recipe the calibration and the settings of methods the grid names are used, its budget is not; the sweep names budgets of its own.</param>
    /// <param name="context">Where and how to run.</param>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static SweepOutcome Run(GateConfiguration configuration, RunContext context)
    {
        SweepOptions options = OptionsOf(configuration);
        using JudgedModel dense = JudgedModel.Open(context, GateRun.RequireModel(configuration));
        SweepRecipes recipes = new(configuration, options, context, dense);
        (SweepSplit split, HeldOutText text, CalibrationRecipe? calibration) = Prepare(configuration, options, context, dense, recipes);
        SweepCandidate[] candidates = recipes.Candidates(_ => true);
        var rungs = new SweepRungs(configuration, options, context, dense, split, candidates);
        rungs.Climb(text);

        SweepCandidate? best = candidates.Where(candidate => candidate is { IsIn: true, Score: { } score } && score.Suite.SemanticRetention?.Lower >= options.Floor)
            .MaxBy(candidate => candidate.Score!.Suite.SrCr?.Value ?? 0);
        SweepVerdict? verdict = best is null ? null : rungs.Judge(best);
        foreach (SweepCandidate candidate in candidates.Where(candidate => candidate != best))
            rungs.Remove(candidate);
        ImmutableArray<SweepResult> results = [.. candidates.Select(candidate => candidate.Describe())];
        SweepCandidate[] measured = [.. candidates.Where(candidate => candidate.Divergence is not null)];
        return new SweepOutcome
        {
            DenseWeightsHash = dense.WeightsHash,
            Seed = configuration.Suite.Seed,
            Floor = options.Floor,
            Confidence = configuration.Decision.Confidence,
            SrCrFormula = configuration.Decision.SrCrFormula,
            SearchItems = split.Search.Sum(task => task.Items.Length),
            VerdictItems = split.Verdict.Sum(task => task.Items.Length),
            Tokens = text.ScoredTokens,
            Calibration = calibration is null ? null : RecipeText.Of(calibration),
            Cost = new SweepCost(rungs.Asked, (long)candidates.Length * split.Search.Sum(task => task.Items.Length)),
            CandidateFormat = LayoutNames.Of(configuration.Layout),
            Candidates = results,
            Frontier = SweepFrontier.Of(results),
            Comparisons = JointComparison.Of(candidates),
            ErrorAgreement = RankCorrelation.Spearman(
                [.. measured.Select(candidate => candidate.WeightError)], [.. measured.Select(candidate => candidate.Divergence!.Mean)]),
            Recommended = best?.Cell.Name,
            Verdict = verdict,
        };
    }

    /// <summary>
    /// Measures one part of the recipes and keeps what it finds in the context's cache folder; recommends and judges nothing. With the parts' folders imported,
    /// <see cref="Run"/> gives the bytes it would give alone. A part drops recipes for others of its own only, so it measures what the whole would, and more; a recipe that a part
    /// dropped for one the whole drops still earlier is measured when the parts are joined.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="shard">The part: every <see cref="Shard.Count"/>-th recipe, from <see cref="Shard.Index"/> on.</param>
    /// <param name="context">Where and how to run.</param>
    /// <returns>Recipes of the part, and of the whole.</returns>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static (int Recipes, int All) RunShard(GateConfiguration configuration, Shard shard, RunContext context)
    {
        SweepOptions options = OptionsOf(configuration);
        using JudgedModel dense = JudgedModel.Open(context, GateRun.RequireModel(configuration));
        SweepRecipes recipes = new(configuration, options, context, dense);
        (SweepSplit split, HeldOutText text, _) = Prepare(configuration, options, context, dense, recipes);
        SweepCandidate[] part = recipes.Candidates(index => index % shard.Count == shard.Index - 1);
        var rungs = new SweepRungs(configuration, options, context, dense, split, part);
        rungs.Climb(text);
        foreach (SweepCandidate candidate in part)
            rungs.Remove(candidate);
        return (part.Length, recipes.Count);
    }

    private static SweepOptions OptionsOf(GateConfiguration configuration)
    {
        SweepOptions options = configuration.Sweep ?? throw new ArgumentException("the configuration has no sweep", nameof(configuration));
        _ = GateRun.RequireModel(configuration);
        GateRun.CheckRules(configuration);
        AtomicFile.CheckWritable(options.Output.Full, options.Output.Portable);
        return options;
    }

    // What is asked, and the text of the divergence. The same for every part: it depends on the methods of all recipes.
    private static (SweepSplit Split, HeldOutText Text, CalibrationRecipe? Calibration) Prepare(
        GateConfiguration configuration, SweepOptions options, RunContext context, JudgedModel dense, SweepRecipes recipes)
    {
        CalibrationRecipe? calibration = recipes.AreCalibrated ? configuration.Calibration : null;
        if (calibration is not null)
            _ = CalibrationWindows.Of(dense.Model, calibration);
        ImmutableArray<AskedTask> tasks = GateRun.LoadTasks(configuration, context, dense);
        if (calibration is not null)
            tasks = CalibrationOverlap.Without(context, calibration, tasks, dense.Tokenizer!);
        HeldOutText text = HeldOutText.Of(configuration.Planning with { Tokens = options.Tokens }, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration);
        recipes.RequireMemory(text);
        return (SweepSplit.Of(tasks, configuration.Suite.Seed), text, calibration);
    }
}
