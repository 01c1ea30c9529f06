using System.Collections.Immutable;

namespace Gate.Evaluation.Metrics;

/// <summary>
/// Porter's stemmer (1980) with the departures of the Natural Language Toolkit, whose stems ROUGE is published with: a list of irregular words, <c>ies</c> of short words,
/// <c>y</c> behind a vowel, and some endings of step 2.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> _irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    private static readonly ImmutableArray<(string Ending, string Replacement)> _step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"),
        ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"),
        ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly ImmutableArray<(string Ending, string Replacement)> _step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly ImmutableArray<string> _step4 =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (_irregular.TryGetValue(word, out string? known))
            return known;
        return word.Length <= 2 ? word : Step5b(Step5a(Step4(Step3(Step2(Step1c(Step1b(Step1a(word))))))));
    }

    private static string Step1a(string word)
    {
        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length == 4)
            return word[..^1];
        if (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ies", StringComparison.Ordinal))
            return word[..^2];
        return word.EndsWith("ss", StringComparison.Ordinal) || !word.EndsWith('s') ? word : word[..^1];
    }

    private static string Step1b(string word)
    {
        if (word.EndsWith("ied", StringComparison.Ordinal))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (word.EndsWith("eed", StringComparison.Ordinal))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        string? stem = word.EndsWith("ed", StringComparison.Ordinal) && HasVowel(word[..^2]) ? word[..^2]
            : word.EndsWith("ing", StringComparison.Ordinal) && HasVowel(word[..^3]) ? word[..^3] : null;
        if (stem is null)
            return word;
        if (stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal) || stem.EndsWith("iz", StringComparison.Ordinal))
            return stem + "e";
        if (EndsInDoubleConsonant(stem))
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    private static string Step1c(string word) =>
        word.EndsWith('y') && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    private static string Step2(string word)
    {
        // alli is treated again, since it makes way for other endings.
        if (word.EndsWith("alli", StringComparison.Ordinal) && Measure(word[..^4]) > 0)
            return Step2(word[..^2]);
        if (word.EndsWith("logi", StringComparison.Ordinal))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        return Replace(word, _step2);
    }

    private static string Step3(string word) => Replace(word, _step3);

    private static string Step4(string word)
    {
        foreach (string ending in _step4)
        {
            if (!word.EndsWith(ending, StringComparison.Ordinal))
                continue;
            string stem = word[..^ending.Length];
            return Measure(stem) > 1 && (ending != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }

        return word;
    }

    private static string Step5a(string word)
    {
        if (!word.EndsWith('e'))
            return word;
        string stem = word[..^1];
        int measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsInShortSyllable(stem)) ? stem : word;
    }

    private static string Step5b(string word) => word.EndsWith("ll", StringComparison.Ordinal) && Measure(word[..^1]) > 1 ? word[..^1] : word;

    private static string Replace(string word, ImmutableArray<(string Ending, string Replacement)> endings)
    {
        foreach ((string ending, string replacement) in endings)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
                return Measure(word[..^ending.Length]) > 0 ? word[..^ending.Length] + replacement : word;
        }

        return word;
    }

    private static bool IsConsonant(string word, int at) => word[at] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => at == 0 || !IsConsonant(word, at - 1),
        _ => true,
    };

    // How often a vowel is followed by a consonant.
    private static int Measure(string stem) => Enumerable.Range(1, Math.Max(0, stem.Length - 1)).Count(i => IsConsonant(stem, i) && !IsConsonant(stem, i - 1));

    private static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(i => !IsConsonant(stem, i));

    private static bool EndsInDoubleConsonant(string word) => word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    private static bool EndsInShortSyllable(string word) =>
        (word.Length >= 3 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 1) && word[^1] is not ('w' or 'x' or 'y'))
        || (word.Length == 2 && !IsConsonant(word, 0) && IsConsonant(word, 1));
}
