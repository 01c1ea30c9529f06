using System.Collections.Immutable;
using Gate.Core.Pipeline;
using Gate.Core.Verdicts.Statistics;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Sweeps;

/// <summary>
/// Holds two candidates against each other on the questions both were asked. Most questions both get right or both get wrong; only those where they differ tell,
/// so a few hundred questions part candidates whose own intervals still overlap.
/// </summary>
internal static class PairedStanding
{
    // One-sided: a candidate is dropped on evidence of the strength that a two-sided 95 % interval has.
    private const double Level = 0.025;

    /// <summary>
    /// Whether the first candidate is shown to keep more than the second: by the exact sign test (McNemar) over all questions, and with the tasks weighted as in Sr not only
    /// because a long task outweighs the others.
    /// </summary>
    /// <param name="tasks">The questions both were asked, by task.</param>
    /// <param name="dense">The dense model's answers to those questions, in their order.</param>
    /// <param name="better">Answers of the first candidate, in their order.</param>
    /// <param name="worse">Answers of the second.</param>
    /// <param name="weights">Weights of tasks in Sr; 1 where none is given.</param>
    /// <exception cref="ArgumentException">The two were asked different questions.</exception>
    public static bool Shows(
        ImmutableArray<AskedTask> tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> dense, ImmutableDictionary<string, ImmutableArray<ItemResult>> better,
        ImmutableDictionary<string, ImmutableArray<ItemResult>> worse, ImmutableSortedDictionary<string, double> weights)
    {
        int betterOnly = 0, worseOnly = 0;
        double lead = 0;
        foreach (string task in tasks.Where(task => !task.Definition.Measure.IsLoss).Select(task => task.Definition.Name))
        {
            if (better[task].Length != worse[task].Length)
                throw new ArgumentException($"the candidates were not asked the same questions of '{task}'", nameof(worse));
            int first = 0, second = 0;
            for (int i = 0; i < better[task].Length; i++)
            {
                bool one = SweepSplit.IsRight(better[task][i]), other = SweepSplit.IsRight(worse[task][i]);
                first += one && !other ? 1 : 0;
                second += other && !one ? 1 : 0;
            }

            int known = dense[task].Count(SweepSplit.IsRight);
            if (known > 0)
                lead += weights.GetValueOrDefault(task, 1) * (first - second) / known;
            betterOnly += first;
            worseOnly += second;
        }

        return lead > 0 && McNemarTest.Loss(betterOnly, worseOnly) <= Level;
    }
}
