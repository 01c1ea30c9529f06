using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Calibration;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Core.Verdicts.Statistics;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>
/// Successive halving over a grid of recipes: weight error, divergence on a short text, a few items the dense model knows, the search split; then one
/// verdict on the best recipe, on questions the search never saw. Interrupted, the same command goes on where it was: candidates, divergences and
/// answers are kept as they are finished.
/// </summary>
public static class GateSweep
{
    // Weight error is no sample and has no interval; twice as much stands for one.
    private const double ErrorMargin = 2;
    private const double TwoSided = 0.95;

    /// <summary>Sweeps.</summary>
    /// <param name="configuration">The configuration; of its recipe the calibration and the settings of methods the grid names are used, its budget is not.</param>
    /// <param name="context">Where and how to run.</param>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static SweepOutcome Run(GateConfiguration configuration, RunContext context)
    {
        SweepOptions options = configuration.Sweep ?? throw new ArgumentException("the configuration has no sweep", nameof(configuration));
        NamedPath model = GateRun.RequireModel(configuration);
        GateRun.CheckRules(configuration);
        AtomicFile.CheckWritable(options.Output.Full, options.Output.Portable);
        using JudgedModel dense = JudgedModel.Open(context, model);
        SweepCandidate[] candidates = Candidates(configuration, options, context, dense);
        CalibrationRecipe? calibration = candidates.Any(candidate => candidate.Cell.IsCalibrated) ? configuration.Calibration : null;
        if (calibration is not null)
            _ = CalibrationWindows.Of(dense.Checkpoint, calibration);
        ImmutableArray<AskedTask> tasks = GateRun.LoadTasks(configuration, context, dense);
        if (calibration is not null)
            tasks = CalibrationOverlap.Without(context, calibration, tasks, dense.Tokenizer!);
        SweepSplit split = SweepSplit.Of(tasks, configuration.Suite.Seed);
        HeldOutText text = HeldOutText.Of(configuration.Planning with { Tokens = options.Tokens }, dense.Tokenizer!, dense.Checkpoint.Configuration, calibration);
        var rungs = new Rungs(configuration, options, context, dense, split, candidates);
        rungs.WeightError();
        rungs.Divergence(text);
        ImmutableDictionary<string, ImmutableArray<ItemResult>> answers = SuiteEvaluation.Evaluate(context, "dense", dense, split.Search);
        rungs.FewItems(answers);
        rungs.SearchSplit(answers);

        SweepCandidate? best = candidates.Where(candidate => candidate.Score is { } score && score.Suite.SemanticRetention.Lower >= options.Floor)
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
            Candidates = results,
            Frontier = SweepFrontier.Of(results),
            Comparisons = JointComparison.Of(candidates),
            ErrorAgreement = RankCorrelation.Spearman(
                [.. measured.Select(candidate => candidate.WeightError)], [.. measured.Select(candidate => candidate.Divergence!.Mean)]),
            Recommended = best?.Cell.Name,
            Verdict = verdict,
        };
    }

    private static SweepCandidate[] Candidates(GateConfiguration configuration, SweepOptions options, RunContext context, JudgedModel dense)
    {
        ImmutableArray<SweepCell> cells = SweepGrid.Of(
            dense.Checkpoint, options, configuration.Recipe, configuration.Calibration,
            (name, reason) => context.Note("GATE4072", Severity.Warning, $"{name} is left out of the sweep: {reason}"));
        if (cells.IsEmpty)
        {
            throw GateException.Usage(
                "GATE4073", "the sweep has no recipe this model's shapes allow", remedy: "change sweep.bits, sweep.sparsities, sweep.groupSize or sweep.scopes");
        }

        return [.. cells.Select(cell =>
        {
            string name = CandidateMaking.KeyOf(dense, cell.Plan)[..12];
            return new SweepCandidate(cell, new NamedPath($"{options.Output.Portable}/candidates/{name}", Path.Combine(options.Output.Full, "candidates", name)));
        })];
    }

    private sealed class Rungs(
        GateConfiguration configuration, SweepOptions options, RunContext context, JudgedModel dense, SweepSplit split, SweepCandidate[] candidates)
    {
        public long Asked { get; private set; }

        public void WeightError()
        {
            foreach (SweepCandidate candidate in candidates)
            {
                using JudgedModel made = Make(candidate);
            }

            // Errors of different layers do not compare, nor do those of methods that trade error of the weights for less error of the output: only recipes
            // of one scope are held against each other, calibrated ones only with those of the same methods.
            foreach (var alike in candidates.GroupBy(candidate => (candidate.Cell.Scope, candidate.Cell.IsCalibrated ? candidate.Cell.Methods : "")))
                Drop(0, [.. alike], candidate => (-candidate.WeightError * ErrorMargin, -candidate.WeightError));
        }

        public void Divergence(HeldOutText text)
        {
            using var trials = new PlanTrials(context, dense, text, configuration.Memory);
            // Pruning alone loses to 8 bit in size and error, yet where it collapses is a question of its own: it is measured all the same.
            ForEach("rung 1", "divergence", candidate => candidate.IsIn || candidate.Cell.Bits == 16, candidate =>
            {
                candidate.Divergence = trials.Find(candidate.Cell.Plan);
                if (candidate.Divergence is not null)
                    return;
                using JudgedModel made = Make(candidate);
                candidate.Divergence = trials.Measure(candidate.Cell.Plan, made.Checkpoint);
            });
            Drop(1, candidates, candidate => Finite(candidate.Divergence!.Mean) ? (-candidate.Divergence.Upper, -candidate.Divergence.Lower) : (double.MinValue, double.MinValue));
        }

        public void FewItems(ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers)
        {
            ImmutableArray<AskedTask> known = split.Known(denseAnswers, options.Items, configuration.Suite.Seed);
            int items = known.Sum(task => task.Items.Length);
            if (items == 0 || options.Exhaustive)
                return;
            ForEach("rung 2", "known items", candidate => candidate.IsIn, candidate =>
            {
                using JudgedModel made = Make(candidate);
                candidate.Answers = SuiteEvaluation.Evaluate(context, "candidate", made, known);
                int right = candidate.Answers.Values.Sum(answers => answers.Count(SweepSplit.IsRight));
                Interval interval = ProportionIntervals.Wilson(right, items, TwoSided);
                candidate.Kept = new Estimate((double)right / items, interval.Lower, interval.Upper);
                Asked += items;
            });
            Drop(2, candidates, candidate => (candidate.Kept!.Lower, candidate.Kept.Upper));
        }

        public void SearchSplit(ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers)
        {
            ForEach("rung 3", "search split", candidate => candidate.IsIn, candidate =>
            {
                using JudgedModel made = Make(candidate);
                (candidate.Answers, int asked) = SweepAnswers.Complete(
                    split.Search, candidate.Answers, left => SuiteEvaluation.Evaluate(context, "candidate", made, left));
                candidate.Score = SearchScore.Of(configuration, split.Search, denseAnswers, candidate.Answers, candidate.Measures, []);
                Asked += asked;
            });
        }

        public SweepVerdict Judge(SweepCandidate best)
        {
            var denseAnswers = SuiteEvaluation.Evaluate(context, "dense", dense, split.Verdict);
            using JudgedModel made = Make(best);
            SearchScore score = SearchScore.Of(
                configuration, split.Verdict, denseAnswers, SuiteEvaluation.Evaluate(context, "candidate", made, split.Verdict), best.Measures,
                configuration.Thresholds);
            Verdict verdict = score.Judgement.Verdict;
            return new SweepVerdict(verdict.State.ToString(), verdict.ExitCode, verdict.Summary, score.Suite.SemanticRetention, score.Suite.SrCr);
        }

        public void Remove(SweepCandidate candidate)
        {
            if (Directory.Exists(candidate.Folder.Full))
                Directory.Delete(candidate.Folder.Full, recursive: true);
        }

        private JudgedModel Make(SweepCandidate candidate)
        {
            (CompressionOutcome outcome, string key) = CandidateMaking.Make(context, dense, candidate.Cell.Plan, candidate.Folder, configuration.Memory);
            candidate.Learn(outcome);
            JudgedModel made = JudgedModel.Open(context, candidate.Folder);
            context.Candidates.Remember(key, made.Identity);
            return made;
        }

        private void ForEach(string rung, string what, Func<SweepCandidate, bool> chosen, Action<SweepCandidate> work)
        {
            SweepCandidate[] alive = [.. candidates.Where(chosen)];
            context.Phase(rung, $"{rung}: {what} of {alive.Length} candidates", () =>
            {
                for (int i = 0; i < alive.Length; i++)
                {
                    context.CancellationToken.ThrowIfCancellationRequested();
                    work(alive[i]);
                    context.Progress?.Report(new PhaseProgress(rung, what, i + 1, alive.Length));
                }

                return (0, $"{rung}: {what} measured");
            });
        }

        private void Drop(int rung, SweepCandidate[] among, Func<SweepCandidate, (double Lower, double Upper)> quality)
        {
            if (options.Exhaustive)
                return;
            SweepCandidate[] alive = [.. among.Where(candidate => candidate.IsIn)];
            int?[] beatenBy = DropRule.Apply([.. alive.Select(candidate =>
            {
                (double lower, double upper) = quality(candidate);
                return new Bounded(candidate.Cell.Plan.TheoreticalCompressionRate, candidate.Cell.Plan.PackedBytes, lower, upper);
            })]);
            for (int i = 0; i < alive.Length; i++)
            {
                if (beatenBy[i] is not { } better)
                    continue;
                alive[i].Drop(rung, alive[better]);
                context.Detail($"rung {rung}: {alive[i].Cell.Name} is dropped, {alive[better].Cell.Name} is no larger and better");
                Remove(alive[i]);
            }
        }

        private static bool Finite(double value) => double.IsFinite(value);
    }
}
