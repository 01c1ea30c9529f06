using Gate.Core.Verdicts;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Tests.Verdicts;

/// <summary>
/// Draws a suite in the shape of the built-in one: three tasks of 34 questions about each relation, and a task of questions of their own. A
/// relation's shares of known, lost and gained facts spread around the true ones as beta distributions do and are the same in all three tasks: damage is shared.
/// </summary>
internal sealed record SharedSuite
{
    private const double Dense = 0.6, Gains = 0.02;

    /// <summary>Number of relations.</summary>
    public int Relations { get; init; } = 35;

    /// <summary>Questions about each relation in each task.</summary>
    public int Questions { get; init; } = 34;

    /// <summary>Questions of the task beside them, or 0 for none.</summary>
    public int Others { get; init; }

    /// <summary>Correlation of losses within a relation, in one task or across them.</summary>
    public double Correlation { get; init; } = 0.1;

    /// <summary>True retention of each task.</summary>
    public double Retention { get; init; } = 0.95;

    /// <summary>Whether the relation is named alike in all tasks; else each task has clusters of its own, as if they shared nothing.</summary>
    public bool Joined { get; init; } = true;

    /// <summary>True share of what is known that is lost.</summary>
    public double ForgottenShare => (1 - Retention) + (Gains / Dense);

    /// <summary>One run.</summary>
    public PairedTask[] Draw(int run)
    {
        var random = new CounterRandom(97, run);
        List<PairedItem>[] tasks = [[], [], []];
        for (int relation = 0; relation < Relations; relation++)
        {
            double known = Share(ref random, Dense), lost = Share(ref random, ForgottenShare), gained = Share(ref random, Gains / (1 - Dense));
            for (int task = 0; task < tasks.Length; task++)
            {
                string cluster = Joined ? $"P{relation}" : $"{task} P{relation}";
                for (int i = 0; i < Questions; i++)
                    tasks[task].Add(Item(ref random, $"q{relation:D3}-{i:D2}", cluster, known, lost, gained));
            }
        }

        List<PairedItem> others = [];
        for (int i = 0; i < Others; i++)
            others.Add(Item(ref random, $"o{i:D4}", null, Dense, ForgottenShare, Gains / (1 - Dense)));
        return [.. tasks.Append(others).Where(items => items.Count > 0).Select((items, i) => new PairedTask($"t{i}", false, 1, [.. items]))];
    }

    private static PairedItem Item(ref CounterRandom random, string id, string? cluster, double known, double lost, double gained)
    {
        bool before = random.NextDouble() < known;
        bool now = before != random.NextDouble() < (before ? lost : gained);
        return Pairs.Item(id, before ? 1 : 0, now ? 1 : 0, cluster: cluster);
    }

    private double Share(ref CounterRandom random, double mean) => OutcomeSimulator.BetaShare(ref random, mean, Correlation);
}
