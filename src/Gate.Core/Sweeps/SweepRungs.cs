using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Statistics;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>The rungs candidates climb, and who is dropped at which.</summary>
internal sealed class SweepRungs(
    GateConfiguration configuration, SweepOptions options, RunContext context, JudgedModel dense, SweepSplit split, SweepCandidate[] candidates)
{
    // Weight error is no sample and has no interval; twice as much stands for one.
    private const double ErrorMargin = 2;
    private const double TwoSided = 0.95;

    // After each of these shares of the search split the rung drops whom it can.
    private static readonly (double Share, string Name)[] Portions = [(0.125, "an eighth of the search split"), (0.25, "a quarter of the search split"), (0.5, "half of the search split")];

    /// <summary>Answers asked so far, kept ones of earlier runs among them.</summary>
    public long Asked { get; private set; }

    /// <summary>Takes the candidates through all rungs.</summary>
    /// <param name="text">The text of the divergence.</param>
    public void Climb(HeldOutText text)
    {
        WeightError();
        Divergence(text);
        ImmutableDictionary<string, ImmutableArray<ItemResult>> answers = SuiteEvaluation.Evaluate(context, "dense", dense, split.Search);
        dense.Unload();
        ImmutableArray<AskedTask> known = FewItems(answers);
        SearchPortions(answers, known);
        SearchSplit(answers);
    }

    private void WeightError()
    {
        foreach (SweepCandidate candidate in candidates)
        {
            using JudgedModel made = Make(candidate);
        }

        // Errors of different layers do not compare, nor do those of methods that trade error of the weights for less error of the output: only recipes
        // of one scope are held against each other, calibrated ones only with those of the same methods.
        // A plan spends its error where it does least harm, so planned recipes are held against none.
        foreach (var alike in candidates.Where(candidate => candidate.Cell.Planned is null).GroupBy(candidate => (candidate.Cell.Scope, candidate.Cell.IsCalibrated ? candidate.Cell.Methods : "")))
            Drop(0, [.. alike], (better, worse) => better.WeightError * ErrorMargin < worse.WeightError);
    }

    private void Divergence(HeldOutText text)
    {
        using var trials = new PlanTrials(context, dense, text, PlanningMemory.Of([.. candidates.Select(candidate => candidate.Cell.Plan)], dense, text), configuration.Memory);
        // Pruning alone loses to 8 bit in size and error, yet where it collapses is a question of its own: it is measured all the same.
        ForEach("rung 1", "divergence", candidate => candidate.IsIn || candidate.Cell.Bits >= 16, candidate =>
        {
            candidate.Divergence = trials.Find(candidate.Cell.Plan);
            if (candidate.Divergence is not null)
                return;
            using JudgedModel made = Make(candidate);
            candidate.Divergence = trials.Measure(candidate.Cell.Plan, made.Model);
        });
        Drop(1, candidates, (better, worse) => better.Divergence is { } one && worse.Divergence is { } other
            && double.IsFinite(one.Mean) && (!double.IsFinite(other.Mean) || one.Upper < other.Lower));
    }

    // The questions asked, none where the rung is left out.
    private ImmutableArray<AskedTask> FewItems(ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers)
    {
        ImmutableArray<AskedTask> known = split.Known(denseAnswers, options.Items, configuration.Suite.Seed);
        int items = known.Sum(task => task.Items.Length);
        if (items == 0 || options.Exhaustive)
            return [];
        ForEach("rung 2", "known items", candidate => candidate.IsIn, candidate =>
        {
            using JudgedModel made = Make(candidate);
            candidate.Answers = SuiteEvaluation.Evaluate(context, "candidate", made, known);
            int right = candidate.Answers.Values.Sum(answers => answers.Count(SweepSplit.IsRight));
            Interval interval = ProportionIntervals.Wilson(right, items, TwoSided);
            candidate.Kept = new Estimate((double)right / items, interval.Lower, interval.Upper);
            Asked += items;
        });
        Drop(2, candidates, Paired(known, denseAnswers));
        return known;
    }

    private void SearchPortions(ImmutableDictionary<string, ImmutableArray<ItemResult>> allDenseAnswers, ImmutableArray<AskedTask> known)
    {
        if (options.Exhaustive)
            return;
        foreach ((double share, string name) in Portions)
        {
            ImmutableArray<AskedTask> portion = split.Portion(share, configuration.Suite.Seed);
            // What rung 2 asked is no fair sample; it is carried along so that it need not be asked again.
            ImmutableArray<AskedTask> asked = split.With(portion, known);
            var denseAnswers = Among(portion, allDenseAnswers);
            ForEach("rung 3", name, IsInDoubt, candidate =>
            {
                Ask(candidate, asked);
                Score(candidate, portion, denseAnswers);
            });
            Drop(3, [.. candidates.Where(IsInDoubt)], Paired(asked, allDenseAnswers));
            foreach (SweepCandidate candidate in candidates.Where(IsInDoubt))
            {
                // Sr of some tasks only says nothing of Sr of all: a task that a part holds too few questions of keeps the recipe in doubt.
                candidate.IsSettled = candidate.Score!.Suite is { ExcludedTasks.IsEmpty: true } suite && suite.SemanticRetention?.Upper < options.Floor;
                if (candidate.IsSettled)
                    context.Detail($"rung 3: {candidate.Cell.Name} is shown below {options.Floor}, it is asked no more");
            }
        }
    }

    private static bool IsInDoubt(SweepCandidate candidate) => candidate is { IsIn: true, IsSettled: false };

    private void Ask(SweepCandidate candidate, ImmutableArray<AskedTask> tasks)
    {
        using JudgedModel made = Make(candidate);
        (candidate.Answers, int asked) = SweepAnswers.Complete(tasks, candidate.Answers, left => SuiteEvaluation.Evaluate(context, "candidate", made, left));
        candidate.Right = tasks.Where(task => !task.Definition.Measure.IsLoss)
            .SelectMany(task => candidate.Answers[task.Definition.Name].Select(answer => (task.Definition.Name, Answer: answer)))
            .ToImmutableDictionary(pair => (pair.Name, pair.Answer.ItemId), pair => SweepSplit.IsRight(pair.Answer));
        Asked += asked;
    }

    private void Score(SweepCandidate candidate, ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers) =>
        candidate.Score = SearchScore.Of(configuration, tasks, denseAnswers, Among(tasks, candidate.Answers), candidate.Measures, []);

    private static ImmutableDictionary<string, ImmutableArray<ItemResult>> Among(
        ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> answers) =>
        SweepAnswers.Complete(tasks, answers, left => throw new InvalidOperationException($"'{left[0].Items[0].Id}' was not asked")).Answers;

    private Func<SweepCandidate, SweepCandidate, bool> Paired(ImmutableArray<AskedTask> asked, ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers)
    {
        var known = Among(asked, denseAnswers);
        return (better, worse) => PairedStanding.Shows(asked, known, better.Answers, worse.Answers, configuration.Suite.Weights);
    }

    private void SearchSplit(ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers)
    {
        ForEach("rung 3", "search split", IsInDoubt, candidate =>
        {
            Ask(candidate, split.Search);
            Score(candidate, split.Search, denseAnswers);
        });
    }

    /// <summary>Asks the recommended candidate the questions no rung saw.</summary>
    public SweepVerdict Judge(SweepCandidate best)
    {
        var denseAnswers = SuiteEvaluation.Evaluate(context, "dense", dense, split.Verdict);
        dense.Unload();
        using JudgedModel made = Make(best);
        Judgement score = SearchScore.Of(
            configuration, split.Verdict, denseAnswers, SuiteEvaluation.Evaluate(context, "candidate", made, split.Verdict), best.Measures,
            configuration.Thresholds);
        Verdict verdict = score.Verdict;
        return new SweepVerdict(verdict.State.ToString(), verdict.ExitCode, verdict.Summary, score.Suite.SemanticRetention, score.Suite.SrCr);
    }

    /// <summary>Deletes a candidate's folder.</summary>
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

    private void Drop(int rung, SweepCandidate[] among, Func<SweepCandidate, SweepCandidate, bool> isBetter)
    {
        if (options.Exhaustive)
            return;
        SweepCandidate[] alive = [.. among.Where(candidate => candidate.IsIn)];
        int?[] beatenBy = DropRule.Apply(
            [.. alive.Select(candidate => new CandidateSize(candidate.Cell.Plan.TheoreticalCompressionRate, candidate.Cell.Plan.PackedBytes))],
            (better, worse) => isBetter(alive[better], alive[worse]));
        for (int i = 0; i < alive.Length; i++)
        {
            if (beatenBy[i] is not { } better)
                continue;
            alive[i].Drop(rung, alive[better]);
            context.Detail($"rung {rung}: {alive[i].Cell.Name} is dropped, {alive[better].Cell.Name} is no larger and better");
            Remove(alive[i]);
        }
    }
}
