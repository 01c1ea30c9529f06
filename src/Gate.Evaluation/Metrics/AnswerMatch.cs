using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Metrics;

/// <summary>Compares a free answer with the accepted ones (protocols of SQuAD, TriviaQA and Gate).</summary>
public static class AnswerMatch
{
    /// <summary>Whether the normalised answer equals an accepted one, or, where the normaliser says so, holds one as consecutive tokens.
    /// An answer that normalises to nothing is wrong; an accepted answer that does is ignored.</summary>
    /// <param name="normalizer">The rule.</param>
    /// <param name="answer">The model's answer, never the prompt.</param>
    /// <param name="accepted">The accepted answers.</param>
    /// <param name="question">The question; accepted answers that stand in it must be equalled, since repeating the question is no answer.</param>
    public static bool IsRight(Normalizer normalizer, string answer, IReadOnlyList<string> accepted, string? question)
    {
        string given = normalizer.Apply(answer);
        if (given.Length == 0)
            return false;
        string[] givenTokens = PythonText.Split(given);
        string[] questionTokens = question is null ? [] : normalizer.Tokens(question);
        return accepted.Select(normalizer.Apply).Where(gold => gold.Length > 0).Any(gold =>
            given == gold
            || (normalizer.AcceptsContainment && PythonText.Split(gold) is { Length: > 0 } tokens
                && Contains(givenTokens, tokens) && !Contains(questionTokens, tokens)));
    }

    /// <summary>F1 of token multisets after normalisation, the best over the accepted answers; 0 when nothing is shared or either side is empty.</summary>
    /// <param name="normalizer">The rule.</param>
    /// <param name="answer">The model's answer.</param>
    /// <param name="accepted">The accepted answers.</param>
    public static double F1(Normalizer normalizer, string answer, IReadOnlyList<string> accepted)
    {
        string[] given = normalizer.Tokens(answer);
        return accepted.Select(gold => F1(given, normalizer.Tokens(gold))).DefaultIfEmpty(0).Max();
    }

    private static double F1(string[] given, string[] gold)
    {
        Dictionary<string, int> left = gold.CountBy(token => token, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        int overlap = 0;
        foreach (string token in given)
        {
            if (left.GetValueOrDefault(token) == 0)
                continue;
            left[token]--;
            overlap++;
        }

        if (overlap == 0)
            return 0;
        double precision = (double)overlap / given.Length;
        double recall = (double)overlap / gold.Length;
        return 2 * precision * recall / (precision + recall);
    }

    private static bool Contains(string[] tokens, string[] part) =>
        Enumerable.Range(0, Math.Max(0, tokens.Length - part.Length + 1)).Any(start => tokens.AsSpan(start, part.Length).SequenceEqual(part));
}
