using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PreTokenization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    /// <summary>BERT's: white space is dropped, every punctuation mark is a word of its own.</summary>
    public static IPreTokenizer Bert { get; } = new SequencePreTokenizer(
        [At("white space", CodePoints.IsWhiteSpace, SplitBehavior.Removed), At("punctuation", CodePoints.IsPunctuation, SplitBehavior.Isolated)]);

    /// <summary>Every punctuation mark is a piece of its own.</summary>
    public static IPreTokenizer Punctuation { get; } = At("punctuation", CodePoints.IsPunctuation, SplitBehavior.Isolated);

    /// <summary>The pre-tokenizer a component describes.</summary>
    public static IPreTokenizer Read(CheckedJson json)
    {
        string type = json.TypeOf();
        return type switch
        {
            "Sequence" => new SequencePreTokenizer([.. json.Require("pretokenizers", "an array").Items().Select(Read)]),
            "ByteLevel" => new ByteLevelPreTokenizer(json.Flag("add_prefix_space", true), json.Flag("use_regex", true)),
            "Split" => new PatternSplitter(PatternReader.Read(json), BehaviorOf(json.Require("behavior", "a text")), json.Flag("invert", false)),
            "Digits" => At("numeric", CodePoints.IsNumeric, json.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
            "Punctuation" => At("punctuation", CodePoints.IsPunctuation, json.Find("behavior") is { } behavior ? BehaviorOf(behavior) : SplitBehavior.Isolated),
            "WhitespaceSplit" => At("white space", CodePoints.IsWhiteSpace, SplitBehavior.Removed),
            "Whitespace" => new PatternSplitter(new WordRunPattern(), SplitBehavior.Removed, isInverted: true),
            "CharDelimiterSplit" => new PatternSplitter(new LiteralPattern(Character(json, "delimiter")), SplitBehavior.Removed, isInverted: false),
            "Metaspace" => new MetaspacePreTokenizer(Character(json, "replacement"), SchemeOf(json), json.Flag("split", true)),
            "BertPreTokenizer" => Bert,
            _ => throw json.Unknown("pre-tokenizer", type),
        };
    }

    /// <summary>The prepend scheme of a Metaspace component, in the present form or in the older one.</summary>
    public static PrependScheme SchemeOf(CheckedJson json)
    {
        if (json.Find("prepend_scheme") is not { } scheme)
            return json.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        return scheme.AsString() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Expected("'always', 'first' or 'never'"),
        };
    }

    /// <summary>A text of exactly one character.</summary>
    public static string Character(CheckedJson json, string key)
    {
        CheckedJson value = json.Require(key, "one character");
        string text = value.AsString();
        return text.Length > 0 && CodePoints.At(text, 0, out int length) >= 0 && length == text.Length ? text : throw value.Expected("one character");
    }

    private static PatternSplitter At(string name, Func<int, bool> predicate, SplitBehavior behavior) =>
        new(new PredicatePattern(name, predicate), behavior, isInverted: false);

    private static SplitBehavior BehaviorOf(CheckedJson json) => json.AsString() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw json.Expected("'Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext' or 'Contiguous'"),
    };
}
