using System.Text.RegularExpressions;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Normalization;

/// <summary>How the texts of published data sets are prepared before they are asked, step by step as the reference harness does it.</summary>
internal static class PublishedTexts
{
    // The order of the steps decides: a pattern works on what the step before it left.
    private static readonly (Regex Pattern, string Replacement)[] _wikitextPairs =
    [
        (PythonPattern.Of(@"\(\s*([^\)]*?)\s*\)"), "($1)"),
        (PythonPattern.Of(@"\[\s*([^\]]*?)\s*\]"), "[$1]"),
        (PythonPattern.Of(@"\{\s*([^}]*?)\s*\}"), "{$1}"),
        (PythonPattern.Of("\"\\s*([^\"]*?)\\s*\""), "\"$1\""),
        (PythonPattern.Of(@"'\s*([^']*?)\s*'"), "'$1'"),
    ];

    private static readonly (string Before, string After)[] _wikitextStart =
    [
        ("s '", "s'"), (" @-@ ", "-"), (" @,@ ", ","), (" @.@ ", "."), (" : ", ": "), (" ; ", "; "), (" . ", ". "), (" ! ", "! "), (" ? ", "? "), (" , ", ", "),
    ];

    private static readonly (string Before, string After)[] _wikitextEnd =
    [
        ("= = = =", "===="), ("= = =", "==="), ("= =", "=="), (" \u00B0 ", "\u00B0"), (" \n", "\n"), ("\n ", "\n"), (" N ", " 1 "), (" 's", "'s"),
    ];

    private static readonly Regex _brackets = PythonPattern.Of(@"\[.*?\]");

    /// <summary>HellaSwag: white space at the ends goes, <c> [title]</c> becomes a full stop, other brackets go, double blanks become single once.</summary>
    public static string HellaSwag(string text) =>
        _brackets.Replace(PythonText.Strip(text).Replace(" [title]", ". ", StringComparison.Ordinal), "").Replace("  ", " ", StringComparison.Ordinal);

    /// <summary>WikiText: the marks of its tokenisation go.</summary>
    public static string Wikitext(string text)
    {
        text = Replace(text, _wikitextStart);
        foreach ((Regex pattern, string replacement) in _wikitextPairs)
            text = pattern.Replace(text, replacement);
        return Replace(text, _wikitextEnd);
    }

    private static string Replace(string text, (string Before, string After)[] steps) =>
        steps.Aggregate(text, (result, step) => result.Replace(step.Before, step.After, StringComparison.Ordinal));
}
