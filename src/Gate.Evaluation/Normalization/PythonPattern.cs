using System.Text.RegularExpressions;

namespace Gate.Evaluation.Normalization;

/// <summary>Regular expressions as Python's <c>re</c> reads them, as far as the two languages agree; <c>\Z</c> is Python's end of the text.</summary>
internal static class PythonPattern
{
    // A pattern from a task file that backtracks without end must not hang a run.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    /// <summary>The compiled pattern.</summary>
    /// <exception cref="ArgumentException">Not a pattern.</exception>
    public static Regex Of(string pattern) =>
        new(pattern.Replace(@"\Z", @"\z", StringComparison.Ordinal), RegexOptions.CultureInvariant, Most);

    /// <summary>What <c>findall</c> gives and the harness keeps of it: without groups the match, with one its text, with several the first that is not empty
    /// (null where all are).</summary>
    public static IReadOnlyList<string?> FindAll(Regex pattern, string text) => [.. pattern.Matches(text).Select(match => match.Groups.Count switch
    {
        1 => match.Value,
        2 => match.Groups[1].Value,
        _ => match.Groups.Values.Skip(1).Select(group => group.Value).FirstOrDefault(value => value.Length > 0),
    })];
}
