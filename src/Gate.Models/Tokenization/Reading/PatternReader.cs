using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Patterns;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>{"Regex": …}</c> and <c>{"String": …}</c>.</summary>
internal static class PatternReader
{
    /// <summary>The pattern of a component.</summary>
    /// <exception cref="GateException">Exit 4: neither form (GATE3050), or a pattern that cannot be used (GATE3052).</exception>
    public static ISplitPattern Read(CheckedJson component)
    {
        CheckedJson json = component.Require("pattern", "an object with 'String' or 'Regex'");
        if (json.Find("String") is { } literal)
            return literal.AsString() is { Length: > 0 } text ? new LiteralPattern(text) : throw literal.Expected("a text that is not empty");
        CheckedJson regex = json.Require("Regex", "a regular expression (or 'String')");
        try
        {
            return new RegexPattern(new Pattern(regex.AsString()));
        }
        catch (PatternSyntaxException exception)
        {
            throw GateException.Input(
                "GATE3052",
                $"{regex.Source.Path}: '{regex.Key}': expected a pattern Gate can match exactly, found {CheckedJson.Describe(regex.Element)}: {exception.Message}.",
                regex.Refuse("pattern").Diagnostic.Location,
                "Report the pattern; Gate refuses what it would have to guess.",
                exception);
        }
    }
}
