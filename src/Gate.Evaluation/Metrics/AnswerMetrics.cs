using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Metrics;

/// <summary>A generated answer beside those that are accepted.</summary>
/// <param name="Answer">What was extracted from the generated text.</param>
/// <param name="Accepted">The accepted answers.</param>
/// <param name="Question">The question, or null.</param>
/// <param name="Normalizer">What both sides must survive before they are compared.</param>
internal sealed record AnswerOutcome(string Answer, ImmutableArray<string> Accepted, string? Question, Normalizer Normalizer);

/// <summary>Metrics of generated answers. An answer that comes to nothing is wrong, and an accepted one that does is ignored.</summary>
internal static class AnswerMetrics
{
    private static readonly Regex _number = PythonPattern.Of(@"-?[0-9][0-9,]*(?:\.[0-9]+)?");

    /// <summary>All of them, the default first.</summary>
    public static ImmutableArray<Metric<AnswerOutcome>> All { get; } =
    [
        new("exact_match", Measure.Share, outcome => AnswerMatch.IsRight(outcome.Normalizer, outcome.Answer, outcome.Accepted, outcome.Question) ? 1 : 0),
        new("f1", Measure.Share, outcome => AnswerMatch.F1(outcome.Normalizer, outcome.Answer, outcome.Accepted)),
        new("contains", Measure.Share, Contains),
        new("contains_cased", Measure.Share, ContainsCased),
        new("numeric", Measure.Share, Numeric),
        new("math", Measure.Share, outcome => outcome.Accepted.Any(gold => MathText.AreEqual(outcome.Answer, gold)) ? 1 : 0),
        new("math_hendrycks", Measure.Share, outcome => outcome.Accepted.Any(gold => MathText.AreEqualByHendrycks(outcome.Answer, gold)) ? 1 : 0),
        Overlap("rouge1", (answer, gold) => Rouge.OfGrams(1, answer, gold, stem: true)),
        Overlap("rouge2", (answer, gold) => Rouge.OfGrams(2, answer, gold, stem: true)),
        Overlap("rougeL", (answer, gold) => Rouge.OfSequence(answer, gold, stem: true)),
        Overlap("rougeLsum", (answer, gold) => Rouge.OfSentences(answer, gold, stem: true)),
    ];

    // Answers that stand in the question are no knowledge when they are found in the answer.
    private static double Contains(AnswerOutcome outcome)
    {
        string given = outcome.Normalizer.Apply(outcome.Answer);
        string question = outcome.Question is null ? "" : outcome.Normalizer.Apply(outcome.Question);
        return outcome.Accepted.Select(outcome.Normalizer.Apply).Any(gold =>
            gold.Length > 0 && given.Contains(gold, StringComparison.Ordinal) && !question.Contains(gold, StringComparison.Ordinal)) ? 1 : 0;
    }

    // popqa/1: the accepted answer as it is, in lower case or capitalised stands in the answer.
    private static double ContainsCased(AnswerOutcome outcome) => outcome.Accepted.Where(gold => gold.Length > 0)
        .SelectMany(gold => new[] { gold, PythonText.Lower(gold), PythonText.Capitalize(gold) })
        .Any(gold => outcome.Answer.Contains(gold, StringComparison.Ordinal)) ? 1 : 0;

    private static double Numeric(AnswerOutcome outcome) =>
        LastNumber(outcome.Answer) is { } given && outcome.Accepted.Any(gold => LastNumber(gold) == given) ? 1 : 0;

    private static decimal? LastNumber(string text) =>
        _number.Matches(text) is { Count: > 0 } found
        && decimal.TryParse(found[^1].Value, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static Metric<AnswerOutcome> Overlap(string name, Func<string, string, RougeScore> score) =>
        new(name, Measure.Share, outcome => outcome.Accepted.Max(gold => score(outcome.Answer, gold).F));
}
