using System.Text.RegularExpressions;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>An entry of <c>targets</c> or <c>ignore</c>: the name of a module, a regular expression after <c>re:</c> that must match from the start of
/// the name, or the class of a module.</summary>
internal sealed class TargetPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly CheckedJson _source;
    private readonly string _text;
    private readonly Regex? _expression;

    private TargetPattern(CheckedJson source, string text, Regex? expression) => (_source, _text, _expression) = (source, text, expression);

    /// <summary>How specific a pattern is: names come before expressions, expressions before classes.</summary>
    public const int Precisions = 3;

    /// <summary>Reads an entry.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: not a text, or not a regular expression.</exception>
    public static TargetPattern Read(CheckedJson source)
    {
        string text = source.AsString();
        if (!text.StartsWith("re:", StringComparison.Ordinal))
            return new TargetPattern(source, text, null);
        try
        {
            return new TargetPattern(source, text, new Regex($@"\A(?:{text[3..]})", RegexOptions.CultureInvariant, Limit));
        }
        catch (ArgumentException exception)
        {
            throw source.Refuse($"expected a regular expression after 're:', found: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>Whether the pattern covers a linear module.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="precision">0 compares names, 1 expressions, 2 classes.</param>
    public bool Matches(string module, int precision)
    {
        if (_expression is null)
            return precision == 0 ? _text == module : precision == 2 && _text is "Linear" or "ParallelLMHead" && IsOfClass(module, _text);
        if (precision != 1)
            return false;
        try
        {
            return _expression.IsMatch(module);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw _source.Refuse("expected a regular expression that is quickly matched, found one that is not", exception);
        }
    }

    /// <summary>Whether the pattern covers a linear module in any of the three ways.</summary>
    public bool Matches(string module) => Enumerable.Range(0, Precisions).Any(precision => Matches(module, precision));

    private static bool IsOfClass(string module, string name) =>
        name == "Linear" ? !module.Contains("embed", StringComparison.Ordinal) : module.EndsWith("lm_head", StringComparison.Ordinal);
}
