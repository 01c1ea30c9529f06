namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>A rule that can be decided while the run goes on, with what was planned for it before the first item was seen.</summary>
/// <param name="Threshold">A <c>retention</c> threshold of a task, or a <c>maxForgotten</c> threshold of a task or the suite.</param>
/// <param name="PlannedDenseScore">Dense score from the cache or a prior, never from the running data.</param>
/// <param name="LowestChance">Smallest chance level of any item.</param>
/// <param name="HighestChance">Largest chance level of any item.</param>
/// <param name="Design">The rule's strata and passes; null without clusters.</param>
/// <param name="PriorFlips">Expected share of flips.</param>
/// <param name="PriorCorrelation">Expected correlation within a cluster.</param>
public sealed record EarlyRule(
    Threshold Threshold, double PlannedDenseScore, double LowestChance = 0, double HighestChance = 0, EarlyDesign? Design = null,
    double PriorFlips = 0.10, double PriorCorrelation = 0.05);

/// <summary>What the running evidence says.</summary>
public enum EarlyDecision
{
    /// <summary>Not decided: go on.</summary>
    Continue,

    /// <summary>Every rule is shown to hold.</summary>
    Pass,

    /// <summary>A rule is shown to be missed, the number of rules taken into account.</summary>
    Fail,
}

/// <summary>How the error probability is shared between looking early and the one test of all items at the end.</summary>
/// <param name="MinimumItems">No decision before this many items.</param>
/// <param name="PassShare">Share of α that early passes may use. Small: a good candidate needs most items anyway, the end test should keep its power.</param>
/// <param name="FailShare">Share of α that early failures may use. Large: a hopeless candidate should be stopped soon.</param>
public sealed record EarlyStoppingOptions(int MinimumItems = 50, double PassShare = 0.2, double FailShare = 0.9);

/// <summary>The running evidence about one rule.</summary>
/// <param name="Key">The threshold's key.</param>
/// <param name="Holds">Largest e-value seen against "the limit is missed", times its share of the error probability.</param>
/// <param name="Breached">The same against "the limit is kept", or 1/p of a look times its share.</param>
public sealed record EarlyEvidence(string Key, double Holds, double Breached);

/// <summary>What early stopping leaves for the verdict.</summary>
/// <param name="Stopped">Whether the run ended before all items were seen; then no fixed-size test may decide anything.</param>
/// <param name="Items">Items seen.</param>
/// <param name="Rules">Evidence by rule.</param>
/// <param name="Options">How α was shared.</param>
public sealed record EarlyOutcome(bool Stopped, int Items, IReadOnlyList<EarlyEvidence> Rules, EarlyStoppingOptions Options);
