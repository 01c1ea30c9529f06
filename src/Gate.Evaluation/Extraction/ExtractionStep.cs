using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Extraction;

/// <summary>A step from a generated text to the answer in it.</summary>
/// <param name="Text">As the task file writes it: decides the score, so it is part of the task's hash.</param>
/// <param name="Apply">The step; the second text is the item's question, which some published rules look into.</param>
public sealed record ExtractionStep(string Text, Func<string, string, string> Apply)
{
    /// <summary>What the reference harness puts where nothing is found.</summary>
    public const string NotFound = "[invalid]";

    private static readonly ImmutableArray<(string Name, string Description, Func<string, string, string> Apply)> _named =
    [
        ("strip", "without white space at both ends", (text, _) => PythonText.Strip(text)),
        ("firstLine", "the first line", (text, _) => text.Split('\n')[0]),
        ("boxed", "what the last \\boxed{ } holds", (text, _) => MathText.LastBoxed(text) is { } box ? MathText.RemoveBox(box) ?? NotFound : NotFound),
        ("betweenDollars", "what stands between the first and the last dollar sign", (text, _) => MathText.BetweenDollars(text)),
        ("mathForm", "in Minerva's normal form", (text, _) => MathText.MinervaForm(text)),
        ("lastCharacter", "the last character, as one generated token is read", (text, _) => text.Length == 0 ? NotFound : text[^1].ToString()),
        ("wordOrder", "the words of the question's list in the order in which the answer names them last (BBH word_sorting)", WordOrder),
        ("bracketedLetter", "the first (A), (B), …; else the first option's text or letter (BBH, multiple choice)", (text, question) => Bracketed(text, question, last: false)),
        ("lastBracketedLetter", "as bracketedLetter, but the last one", (text, question) => Bracketed(text, question, last: true)),
    ];

    private static readonly Regex _option = PythonPattern.Of(@"\([A-Z]\)([^\n^(]*)");
    private static readonly Regex _letter = PythonPattern.Of(@"(\([A-Z]\))");

    /// <summary>Names and what they do, for the reference page.</summary>
    public static IEnumerable<(string Name, string Description)> Descriptions => _named.Select(step => (step.Name, step.Description));

    /// <summary>The step of a name, or null.</summary>
    public static ExtractionStep? Named(string name) =>
        _named.FirstOrDefault(step => step.Name == name) is { Apply: { } apply } ? new ExtractionStep(name, apply) : null;

    /// <summary>A match of a regular expression, the first (0) or the last (−1) of them, without white space at its ends; <see cref="NotFound"/> without one.</summary>
    /// <param name="pattern">As Python's <c>re</c> reads it. With one group its text counts, with several the first that is not empty.</param>
    /// <param name="group">Which match.</param>
    /// <exception cref="ArgumentException">Not a pattern.</exception>
    public static ExtractionStep Matching(string pattern, int group)
    {
        Regex regex = PythonPattern.Of(pattern);
        return new ExtractionStep(
            string.Create(CultureInfo.InvariantCulture, $"regex {group} {pattern}"),
            (text, _) => Select(PythonPattern.FindAll(regex, text), group) is { } found ? PythonText.Strip(found) : NotFound);
    }

    // As a list in Python: a place from the start, or from the end where it is negative.
    private static string? Select(IReadOnlyList<string?> matches, int group)
    {
        int at = group < 0 ? matches.Count + group : group;
        return at >= 0 && at < matches.Count ? matches[at] ?? NotFound : null;
    }

    private static string WordOrder(string text, string question)
    {
        string[] words = question.Split("List:") is [_, var list, ..] ? PythonText.Split(list) : [];
        if (words.Length == 0)
            return NotFound;
        Regex any = PythonPattern.Of(string.Join('|', words.Select(word => $"\\b{word}\\b")));
        return string.Join(' ', any.Matches(text).Select(match => match.Value).Reverse().Distinct(StringComparer.Ordinal).Reverse());
    }

    private static string Bracketed(string text, string question, bool last)
    {
        string[] options = [.. _option.Matches(question).Select(match => PythonText.Strip(match.Groups[1].Value))];
        string letters = string.Join('|', options.Select((_, index) => (char)('A' + index)));
        return Find(_letter, text)
            ?? (options.Length == 0 ? null : Find(PythonPattern.Of(string.Join('|', options.Select(PythonEscape))), WithoutPunctuation(PythonText.Lower(text))) is { } option
                ? $"({(char)('A' + Array.LastIndexOf(options, option))})" : null)
            ?? (options.Length == 0 ? null : Find(PythonPattern.Of($@":[\s]*({letters})"), text) is { } letter ? $"({letter})" : null)
            ?? NotFound;

        string? Find(Regex regex, string where) =>
            Select(PythonPattern.FindAll(regex, where), last ? -1 : 0) is { } found && PythonText.Strip(found) is { Length: > 0 } stripped ? stripped : null;
    }

    private static string PythonEscape(string text) => Regex.Escape(text).Replace("]", "\\]", StringComparison.Ordinal).Replace("}", "\\}", StringComparison.Ordinal);

    // Everything in a category of punctuation, whichever alphabet it belongs to.
    private static string WithoutPunctuation(string text) => string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation)));
}

/// <summary>Steps in order, under a name: one way of reading an answer. A task may have several, as strict and flexible ones.</summary>
/// <param name="Name">Its name; metrics carry it behind a comma, except those of the first.</param>
/// <param name="Steps">The steps.</param>
public sealed record AnswerExtraction(string Name, ImmutableArray<ExtractionStep> Steps)
{
    /// <summary>The way of a task that names none: what is generated, without white space around it.</summary>
    public static AnswerExtraction Plain { get; } = new("", [ExtractionStep.Named("strip")!]);

    /// <summary>The answer in a generated text.</summary>
    /// <param name="text">What was generated, up to the first stop.</param>
    /// <param name="question">The item's question, or nothing.</param>
    public string Apply(string text, string question) => Steps.Aggregate(text, (answer, step) => step.Apply(answer, question));
}
