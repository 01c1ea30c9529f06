namespace Gate.Evaluation.Metrics;

/// <summary>How the scores of items become the score of a task.</summary>
public enum Aggregation
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>e to the power of their sum over the sum of their weights: a perplexity of what the weights count.</summary>
    ExponentialOfMeanLoss,
}

/// <summary>What a metric measures, as far as statistics must know.</summary>
/// <param name="HigherIsBetter">Whether larger values are better.</param>
/// <param name="Aggregation">How items come together.</param>
public sealed record Measure(bool HigherIsBetter, Aggregation Aggregation)
{
    /// <summary>A share or a grade between 0 and 1.</summary>
    public static Measure Share { get; } = new(true, Aggregation.Mean);

    /// <summary>A summed negative log-likelihood with the weight it is divided by.</summary>
    public static Measure Loss { get; } = new(false, Aggregation.ExponentialOfMeanLoss);

    /// <summary>An error that is reported and decides nothing.</summary>
    public static Measure Error { get; } = new(false, Aggregation.Mean);

    /// <summary>Whether scores are losses, so that a ratio of perplexities is judged and not a retention.</summary>
    public bool IsLoss => Aggregation == Aggregation.ExponentialOfMeanLoss;

    /// <summary>Whether a verdict can rest on it.</summary>
    public bool CanDecide => HigherIsBetter || IsLoss;
}

/// <summary>A metric by name.</summary>
/// <param name="Name">For example <c>acc_norm</c>.</param>
/// <param name="Measure">What it measures.</param>
public record Metric(string Name, Measure Measure);

/// <summary>A metric that is worked out from what a model did with an item.</summary>
/// <typeparam name="T">What the model did.</typeparam>
/// <param name="Name">For example <c>acc_norm</c>.</param>
/// <param name="Measure">What it measures.</param>
/// <param name="Score">The item's value.</param>
internal sealed record Metric<T>(string Name, Measure Measure, Func<T, double> Score) : Metric(Name, Measure);
