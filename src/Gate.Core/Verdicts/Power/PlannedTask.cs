using System.Collections.Immutable;

namespace Gate.Core.Verdicts.Power;

/// <summary>What is known about a task before it is run.</summary>
/// <param name="Name">Task name.</param>
/// <param name="IsPerplexity">Whether it measures perplexity.</param>
/// <param name="ClusterSizes">Items (windows) that will be asked, by cluster; a name that another task has too is the same cluster.</param>
/// <param name="Chance">Mean chance level.</param>
/// <param name="DenseScore">Dense score where it is known, or null: then halfway between chance and 1 is assumed.</param>
/// <param name="Flips">Share of flips where it is known, or null: then <see cref="PowerPriors.Flips"/>.</param>
/// <param name="SuiteWeight">Weight in Sr.</param>
public sealed record PlannedTask(
    string Name, bool IsPerplexity, ImmutableDictionary<string, int> ClusterSizes, double Chance, double? DenseScore = null, double? Flips = null, double SuiteWeight = 1)
{
    /// <summary>Items (windows) that will be asked.</summary>
    public int Items { get; } = ClusterSizes.Values.Sum();
}

/// <summary>What is assumed where nothing is known yet.</summary>
/// <param name="Flips">Share of items that change under a good compression.</param>
/// <param name="Correlation">Correlation of losses within a cluster.</param>
/// <param name="LogRatioSpread">Standard deviation over windows of the log perplexity ratio.</param>
public sealed record PowerPriors(double Flips = 0.08, double Correlation = 0.05, double LogRatioSpread = 0.05);

/// <summary>What a suite can be expected to decide about one threshold.</summary>
/// <param name="Key">The threshold's key.</param>
/// <param name="Items">Items behind it.</param>
/// <param name="Power">Probability that a loss-free candidate (for a limit on forgetting: one that forgets half of what is allowed) is shown to keep the
/// limit; 0 when the question cannot be planned.</param>
/// <param name="ItemsNeeded">About how many items give 80 %; null when no number does.</param>
/// <param name="CanResolve">Whether the power is at least one half.</param>
/// <param name="Sentence">The same for a person.</param>
/// <param name="IsPlanned">Whether enough is known beforehand to say anything about it.</param>
public sealed record PowerForecast(string Key, int Items, double Power, int? ItemsNeeded, bool CanResolve, string Sentence, bool IsPlanned = true)
{
    /// <summary>How a line about it begins.</summary>
    public string Outlook => !IsPlanned ? "not planned:" : CanResolve ? "can decide" : "can hardly decide";
}
