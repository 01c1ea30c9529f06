using System.Globalization;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Reads a quoted text with Python's escapes.</summary>
internal static class StringLiteral
{
    /// <summary>The literal at a quote.</summary>
    /// <param name="text">The template.</param>
    /// <param name="position">The place of the quote.</param>
    /// <param name="end">The place behind the closing quote.</param>
    /// <exception cref="TemplateSyntaxFault">No closing quote, or an escape that says nothing.</exception>
    public static Token Read(string text, int position, out int end)
    {
        char quote = text[position];
        var value = new StringBuilder();
        int at = position + 1;
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at = Escape(text, at, value);
            else
                value.Append(text[at++]);
        }

        if (at >= text.Length)
            throw new TemplateSyntaxFault($"a text has no closing {quote}", position);
        end = at + 1;
        return new Token(TokenKind.Literal, text[position..end], position, new TextValue(value.ToString()));
    }

    // Appends what an escape stands for and returns the place behind it. One that Python does not know stands for itself.
    private static int Escape(string text, int at, StringBuilder value)
    {
        char kind = text[at + 1];
        switch (kind)
        {
            case '\n':
                return at + 2;
            case '\\' or '\'' or '"':
                value.Append(kind);
                return at + 2;
            case 'x':
                return Hexadecimal(text, at, 2, value);
            case 'u':
                return Hexadecimal(text, at, 4, value);
            case 'U':
                return Hexadecimal(text, at, 8, value);
            case 'N':
                throw new TemplateSyntaxFault("characters by their Unicode name (\\N{…}) are not supported", at, isUnknown: true);
            case >= '0' and <= '7':
                int end = at + 1;
                int code = 0;
                while (end < text.Length && end < at + 4 && text[end] is >= '0' and <= '7')
                    code = (code * 8) + (text[end++] - '0');
                value.Append((char)code);
                return end;
        }

        int simple = "abfnrtv".IndexOf(kind, StringComparison.Ordinal);
        value.Append(simple >= 0 ? $"{"\a\b\f\n\r\t\v"[simple]}" : $"\\{kind}");
        return at + 2;
    }

    private static int Hexadecimal(string text, int at, int digits, StringBuilder value)
    {
        int begin = at + 2;
        if (begin + digits > text.Length || !uint.TryParse(text.AsSpan(begin, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
            throw new TemplateSyntaxFault($"'\\{text[at + 1]}' needs {digits} hexadecimal digits", at);
        if (!Rune.TryCreate(code, out Rune rune))
            throw new TemplateSyntaxFault($"U+{code:X4} is no character", at);
        value.Append(rune.ToString());
        return begin + digits;
    }
}
