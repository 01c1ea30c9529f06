using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Normalization;

/// <summary>What an answer must survive before it is compared. The id names rule and version; a rule never changes under its id.</summary>
public sealed class Normalizer
{
    private readonly Func<string, string> _apply;

    private Normalizer(string id, Func<string, string> apply, bool acceptsContainment = false)
    {
        Id = id;
        AcceptsContainment = acceptsContainment;
        _apply = apply;
    }

    /// <summary>All normalisers, ordered by id.</summary>
    public static IReadOnlyList<Normalizer> All { get; } =
    [
        new("exact/1", PythonText.Strip),
        new("freebase-kick/1", text => PythonText.Lower(PythonText.Strip(text).Replace(" ", "", StringComparison.Ordinal))),
        new("gate-alias/1", text => TriviaQa(UnicodeNormalization.Normalize(text, NormalizationForm.FormKC)), acceptsContainment: true),
        new("squad/1", Squad),
        new("triviaqa/1", TriviaQa),
    ];

    /// <summary>The harness's <c>exact_match</c>: patterns are deleted in their order, then case, ASCII punctuation and digits, as the options say.</summary>
    /// <param name="options">The options.</param>
    public static Normalizer Of(MatchOptions options)
    {
        Regex[] ignored = [.. options.Ignore.Select(PythonPattern.Of)];
        return new Normalizer("harness-em/1", text =>
        {
            string left = ignored.Aggregate(text, (rest, pattern) => pattern.Replace(rest, ""));
            if (options.IgnoreCase)
                left = PythonText.Lower(left);
            return string.Concat(left.Where(c => !(options.IgnorePunctuation && PythonText.IsAsciiPunctuation(c)) && !(options.IgnoreNumbers && char.IsAsciiDigit(c))));
        })
        {
            Match = options,
        };
    }

    /// <summary>For example <c>squad/1</c>.</summary>
    public string Id { get; }

    /// <summary>Whether an answer is right, too, when the accepted one stands in it as consecutive tokens.</summary>
    public bool AcceptsContainment { get; }

    /// <summary>The options of <see cref="Of"/>; null for a rule with a name.</summary>
    public MatchOptions? Match { get; private init; }

    /// <summary>The normaliser of an id, or null.</summary>
    public static Normalizer? Find(string id) => All.FirstOrDefault(normalizer => normalizer.Id == id);

    /// <summary>The normalised text.</summary>
    public string Apply(string text) => _apply(text);

    /// <summary>The tokens of the normalised text: what stands between white space.</summary>
    public string[] Tokens(string text) => PythonText.Split(_apply(text));

    // Lower case, punctuation deleted, articles replaced by a space, white space collapsed.
    private static string Squad(string text)
    {
        string lower = PythonText.Lower(text);
        string letters = string.Concat(lower.Where(c => !PythonText.IsAsciiPunctuation(c)));
        return PythonText.CollapseWhiteSpace(Articles.Remove(letters));
    }

    // Lower case, punctuation and four quotation marks replaced by a space (the underscore is one of the 32), articles too, white space collapsed.
    private static string TriviaQa(string text)
    {
        StringBuilder letters = new(PythonText.Lower(text));
        for (int i = 0; i < letters.Length; i++)
        {
            if (PythonText.IsAsciiPunctuation(letters[i]) || letters[i] is '\u2018' or '\u2019' or '\u00B4')
                letters[i] = ' ';
        }

        return PythonText.CollapseWhiteSpace(Articles.Remove(letters.ToString()));
    }
}

/// <summary>What two answers may differ in and still be equal, as the harness's <c>exact_match</c> has it.</summary>
public sealed record MatchOptions
{
    /// <summary>Regular expressions whose matches are deleted from both, in this order.</summary>
    public ImmutableArray<string> Ignore { get; init; } = [];

    /// <summary>Upper and lower case.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The 32 ASCII punctuation characters.</summary>
    public bool IgnorePunctuation { get; init; }

    /// <summary>The ten digits.</summary>
    public bool IgnoreNumbers { get; init; }
}
