using System.Globalization;
using System.Text.RegularExpressions;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Reads one token of an expression.</summary>
internal static partial class ExpressionLexer
{
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    /// <summary>The token at a place that is not white space.</summary>
    /// <param name="text">The template.</param>
    /// <param name="position">The place.</param>
    /// <param name="end">The place behind it.</param>
    /// <exception cref="TemplateSyntaxFault">Nothing that could be a token stands there.</exception>
    public static Token Next(string text, int position, out int end)
    {
        char first = text[position];
        if (first is '\'' or '"')
            return StringLiteral.Read(text, position, out end);
        bool afterDot = position > 0 && text[position - 1] == '.';
        if (!afterDot && Float().Match(text, position) is { Success: true } number)
        {
            end = position + number.Length;
            double value = double.Parse(number.Value.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            return new Token(TokenKind.Literal, number.Value, position, new FloatValue(value));
        }

        if (char.IsAsciiDigit(first))
            return Integer(text, position, out end);
        if (Name().Match(text, position) is { Success: true } name)
        {
            end = position + name.Length;
            return new Token(TokenKind.Name, name.Value, position);
        }

        foreach (string candidate in Operators)
        {
            if (string.CompareOrdinal(text, position, candidate, 0, candidate.Length) != 0)
                continue;
            end = position + candidate.Length;
            return new Token(TokenKind.Operator, candidate, position);
        }

        throw new TemplateSyntaxFault($"unexpected character '{first}'", position);
    }

    private static Token Integer(string text, int position, out int end)
    {
        Match match = WholeNumber().Match(text, position);
        if (!match.Success)
            throw new TemplateSyntaxFault("expected a number as Python writes them", position);
        end = position + match.Length;
        string digits = match.Value.Replace("_", "", StringComparison.Ordinal);
        bool read = digits.Length > 2 && digits[1] is 'x' or 'X' ? long.TryParse(digits.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long value)
            : digits.Length > 2 && digits[1] is 'b' or 'B' ? long.TryParse(digits.AsSpan(2), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture, out value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!read || value < 0 || (digits.Length > 2 && digits[1] is 'o' or 'O'))
            throw new TemplateSyntaxFault($"the number {match.Value} is outside of what Gate computes with (64 bits; no octal digits)", position, isUnknown: true);
        return new Token(TokenKind.Literal, match.Value, position, new IntegerValue(value));
    }

    [GeneratedRegex(@"\G(?:[0-9]+_)*[0-9]+(?:(?:\.(?:[0-9]+_)*[0-9]+)?[eE][+\-]?(?:[0-9]+_)*[0-9]+|\.(?:[0-9]+_)*[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Float();

    [GeneratedRegex(@"\G(?:0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*)", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"\G[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
