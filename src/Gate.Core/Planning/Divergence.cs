namespace Gate.Core.Planning;

/// <summary>How far a candidate's next-token distributions are from the dense model's on a text.</summary>
/// <param name="Mean">Mean Kullback-Leibler divergence KL(dense ‖ candidate) of a position, in nats.</param>
/// <param name="StandardError">Standard error of the mean, from windows as clusters.</param>
/// <param name="Perplexity">Perplexity of the candidate.</param>
/// <param name="DensePerplexity">Perplexity of the dense model.</param>
/// <param name="Tokens">Positions.</param>
public sealed record Divergence(double Mean, double StandardError, double Perplexity, double DensePerplexity, int Tokens)
{
    // Two-sided 95 %.
    private const double Width = 1.959963984540054;

    /// <summary>Lower bound of the mean, two-sided 95 %.</summary>
    public double Lower => Math.Max(0, Mean - (Width * StandardError));

    /// <summary>Upper bound of the mean, two-sided 95 %.</summary>
    public double Upper => Mean + (Width * StandardError);
}
