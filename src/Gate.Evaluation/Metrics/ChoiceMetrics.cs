using System.Collections.Immutable;
using System.Text;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Metrics;

/// <summary>What a model thinks of an item's choices.</summary>
/// <param name="LogLikelihoods">One per choice, in nats.</param>
/// <param name="Choices">The texts.</param>
/// <param name="Right">Which are right; at least one.</param>
internal sealed record ChoiceOutcome(ImmutableArray<double> LogLikelihoods, ImmutableArray<string> Choices, ImmutableArray<int> Right)
{
    /// <summary>Log-likelihoods of the choices behind nothing, or empty when no metric needs them.</summary>
    public ImmutableArray<double> Unconditional { get; init; } = [];

    /// <summary>Tokens of each choice.</summary>
    public ImmutableArray<int> Tokens { get; init; } = [];

    /// <summary>Whether each choice is what the model would have said itself.</summary>
    public ImmutableArray<bool> Greedy { get; init; } = [];
}

/// <summary>Metrics of choices by log-likelihood.</summary>
internal static class ChoiceMetrics
{
    /// <summary>The metric that needs the log-likelihood of the choices alone.</summary>
    public const string MutualInformation = "acc_mutual_info";

    /// <summary>All of them, the default first.</summary>
    public static ImmutableArray<Metric<ChoiceOutcome>> All { get; } =
    [
        Accuracy("acc"), Accuracy("acc_norm"), Accuracy("acc_bytes"), Accuracy("acc_tokens"), Accuracy(MutualInformation),
        new("mc2", Measure.Share, Mc2),
        new("exact_match", Measure.Share, outcome => outcome.Right.Any(right => outcome.Greedy[right]) ? 1 : 0),
        new("brier_score", Measure.Error, Brier),
    ];

    /// <summary>The scores whose largest an accuracy takes: log-likelihoods divided by nothing (<c>acc</c>), by the code points of the choice (<c>acc_norm</c>), by its UTF-8
    /// bytes (<c>acc_bytes</c>) or its tokens (<c>acc_tokens</c>), or less what the choice is worth alone (<c>acc_mutual_info</c>); the blank before a choice does not count.</summary>
    public static ImmutableArray<double> Scores(string metric, ChoiceOutcome outcome) => [.. outcome.LogLikelihoods.Select((value, i) => metric switch
    {
        "acc_norm" => value / PythonText.CodePoints(outcome.Choices[i]),
        "acc_bytes" => value / Encoding.UTF8.GetByteCount(outcome.Choices[i]),
        "acc_tokens" => value / outcome.Tokens[i],
        MutualInformation => value - outcome.Unconditional[i],
        _ => value,
    })];

    private static Metric<ChoiceOutcome> Accuracy(string name) =>
        new(name, Measure.Share, outcome => ChoiceRanking.Of(Scores(name, outcome), outcome.Right[0]) is var ranking && outcome.Right.Contains(ranking.Chosen) ? 1 : 0);

    // The harness adds up probabilities, of which none may be left below e⁻⁷⁴⁵; from the largest down they never all vanish.
    private static double Mc2(ChoiceOutcome outcome)
    {
        double largest = outcome.LogLikelihoods.Max();
        double[] shares = [.. outcome.LogLikelihoods.Select(value => Math.Exp(value - largest))];
        return outcome.Right.Sum(right => shares[right]) / shares.Sum();
    }

    private static double Brier(ChoiceOutcome outcome)
    {
        double largest = outcome.LogLikelihoods.Max();
        double[] shares = [.. outcome.LogLikelihoods.Select(value => Math.Exp(value - largest))];
        double sum = shares.Sum();
        return shares.Select((share, i) => Math.Pow((share / sum) - (i == outcome.Right[0] ? 1 : 0), 2)).Sum();
    }
}
