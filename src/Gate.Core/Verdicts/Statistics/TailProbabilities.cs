namespace Gate.Core.Verdicts.Statistics;

/// <summary>Two one-sided p-values about one limit.</summary>
/// <param name="Above">Against "the truth is at most the limit": small when the truth is shown to lie above.</param>
/// <param name="Below">Against "the truth is at least the limit": small when the truth is shown to lie below.</param>
public readonly record struct TailProbabilities(double Above, double Below)
{
    /// <summary>What is known without any data: nothing.</summary>
    public static TailProbabilities Unknown { get; } = new(1, 1);

    /// <summary>The more cautious of two on each side.</summary>
    public TailProbabilities Cautious(TailProbabilities other) => new(Math.Max(Above, other.Above), Math.Max(Below, other.Below));

    /// <summary>The same seen from the other side.</summary>
    public TailProbabilities Reverse() => new(Below, Above);
}
