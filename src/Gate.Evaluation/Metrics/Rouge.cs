using System.Collections.Immutable;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Metrics;

/// <summary>Precision, recall and their harmonic mean.</summary>
/// <param name="Precision">Share of the answer that stands in the reference.</param>
/// <param name="Recall">Share of the reference that stands in the answer.</param>
internal sealed record RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean; 0 when both are 0.</summary>
    public double F => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>From a count of what is shared.</summary>
    public static RougeScore Of(int shared, int answer, int reference) => new((double)shared / Math.Max(answer, 1), (double)shared / Math.Max(reference, 1));
}

/// <summary>ROUGE (Lin 2004) with the tokens of the usual implementation: lower case, runs of a–z and 0–9, words of more than three letters stemmed where asked.</summary>
internal static class Rouge
{
    /// <summary>The tokens of a text.</summary>
    public static ImmutableArray<string> Tokens(string text, bool stem)
    {
        ImmutableArray<string>.Builder tokens = ImmutableArray.CreateBuilder<string>();
        string lower = PythonText.Lower(text);
        int start = -1;
        for (int i = 0; i <= lower.Length; i++)
        {
            bool inside = i < lower.Length && (char.IsAsciiLetterLower(lower[i]) || char.IsAsciiDigit(lower[i]));
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            string token = lower[start..i];
            tokens.Add(stem && token.Length > 3 ? PorterStemmer.Stem(token) : token);
            start = -1;
        }

        return tokens.ToImmutable();
    }

    /// <summary>ROUGE-N: shared n-grams, each counted as often as it stands in both.</summary>
    public static RougeScore OfGrams(int n, string answer, string reference, bool stem)
    {
        Dictionary<string, int> given = Grams(n, Tokens(answer, stem)), wanted = Grams(n, Tokens(reference, stem));
        return RougeScore.Of(wanted.Sum(gram => Math.Min(gram.Value, given.GetValueOrDefault(gram.Key))), given.Values.Sum(), wanted.Values.Sum());
    }

    /// <summary>ROUGE-L: the longest common subsequence.</summary>
    public static RougeScore OfSequence(string answer, string reference, bool stem)
    {
        ImmutableArray<string> given = Tokens(answer, stem), wanted = Tokens(reference, stem);
        return given.IsEmpty || wanted.IsEmpty ? new RougeScore(0, 0) : RougeScore.Of(Lengths(wanted, given)[wanted.Length, given.Length], given.Length, wanted.Length);
    }

    /// <summary>ROUGE-Lsum: for every line of the reference the union of its common subsequences with the lines of the answer, no token counted more often than it stands in
    /// either.</summary>
    public static RougeScore OfSentences(string answer, string reference, bool stem)
    {
        ImmutableArray<string>[] given = Sentences(answer, stem), wanted = Sentences(reference, stem);
        int answerTokens = given.Sum(sentence => sentence.Length), referenceTokens = wanted.Sum(sentence => sentence.Length);
        if (answerTokens == 0 || referenceTokens == 0)
            return new RougeScore(0, 0);
        Dictionary<string, int> left = Counts(given), open = Counts(wanted);
        int hits = 0;
        foreach (ImmutableArray<string> sentence in wanted)
        {
            foreach (int place in given.SelectMany(other => Common(sentence, other)).Distinct().Order())
            {
                string token = sentence[place];
                if (left.GetValueOrDefault(token) == 0 || open.GetValueOrDefault(token) == 0)
                    continue;
                left[token]--;
                open[token]--;
                hits++;
            }
        }

        return RougeScore.Of(hits, answerTokens, referenceTokens);
    }

    private static ImmutableArray<string>[] Sentences(string text, bool stem) =>
        [.. text.Split('\n').Where(line => line.Length > 0).Select(line => Tokens(line, stem))];

    private static Dictionary<string, int> Counts(IEnumerable<ImmutableArray<string>> sentences) =>
        sentences.SelectMany(sentence => sentence).CountBy(token => token, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, int> Grams(int n, ImmutableArray<string> tokens) =>
        Enumerable.Range(0, Math.Max(0, tokens.Length - n + 1)).CountBy(start => string.Join(' ', tokens.AsSpan(start, n).ToArray()), StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);

    private static int[,] Lengths(ImmutableArray<string> first, ImmutableArray<string> second)
    {
        int[,] lengths = new int[first.Length + 1, second.Length + 1];
        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
                lengths[i, j] = first[i - 1] == second[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
        }

        return lengths;
    }

    // The places in the first sequence of one longest common subsequence: the one that walking back from the end finds.
    private static List<int> Common(ImmutableArray<string> first, ImmutableArray<string> second)
    {
        int[,] lengths = Lengths(first, second);
        List<int> places = [];
        int i = first.Length, j = second.Length;
        while (i > 0 && j > 0)
        {
            if (first[i - 1] == second[j - 1])
            {
                places.Add(i - 1);
                i--;
                j--;
            }
            else if (lengths[i, j - 1] > lengths[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }

        return places;
    }
}
