using System.Text.RegularExpressions;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>
/// Cuts a template into text and tags, with white space as the Hugging Face renderer has it: the line feed after a block or comment goes (<c>trim_blocks</c>), so does the
/// white space between the start of a line and a block or comment (<c>lstrip_blocks</c>); a <c>-</c> takes all white space on its side, a <c>+</c> keeps it.
/// </summary>
internal sealed partial class TemplateLexer
{
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _position;

    // Whether the text read so far ends a line: white space that follows then stands at the start of one.
    private bool _atLineStart = true;

    private TemplateLexer(string text) => _text = text;

    /// <summary>The tokens of a template, the last of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="TemplateSyntaxFault">A tag that does not end, or something that is no token.</exception>
    public static List<Token> Read(string text)
    {
        var lexer = new TemplateLexer(text);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        while (_position < _text.Length)
        {
            int begin = NextTag(_position);
            if (begin < 0)
            {
                AddData(_text[_position..]);
                break;
            }

            char kind = _text[begin + 1];
            Match raw = RawBegin().Match(_text, begin);
            bool isRaw = raw.Success;
            int inside = begin + 2;
            char sign = inside < _text.Length && _text[inside] is '-' or '+' ? _text[inside++] : '\0';
            AddData(LeftOf(begin, sign, isBlock: kind != '{'));
            if (isRaw)
                ReadRaw(raw);
            else if (kind == '#')
                ReadComment(inside, begin);
            else
                ReadTag(kind, inside, begin);
        }

        _tokens.Add(new Token(TokenKind.End, "", _text.Length));
    }

    private int NextTag(int from)
    {
        for (int i = _text.IndexOf('{', from); i >= 0 && i + 1 < _text.Length; i = _text.IndexOf('{', i + 1))
        {
            if (_text[i + 1] is '%' or '{' or '#')
                return i;
        }

        return -1;
    }

    // The text before a tag, less the white space the tag takes.
    private string LeftOf(int begin, char sign, bool isBlock)
    {
        string text = _text[_position..begin];
        if (sign == '-')
            return PythonText.TrimEnd(text);
        if (sign == '+' || !isBlock)
            return text;
        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || _atLineStart) && PythonText.TrimEnd(text[line..]).Length == 0 ? text[..line] : text;
    }

    private void ReadRaw(Match begin)
    {
        _position = begin.Index + begin.Length;
        _atLineStart = begin.Value.EndsWith('\n');
        Match end = RawEnd().Match(_text, _position);
        if (!end.Success)
            throw new TemplateSyntaxFault("'{% raw %}' has no '{% endraw %}'", begin.Index);
        string sign = end.Groups["sign"].Value;
        AddData(LeftOf(end.Index, sign.Length == 0 ? '\0' : sign[0], isBlock: true));
        Advance(end.Index + end.Length);
    }

    private void ReadComment(int inside, int begin)
    {
        Match end = CommentEnd().Match(_text, inside);
        if (!end.Success)
            throw new TemplateSyntaxFault("a comment has no '#}'", begin);
        Advance(end.Index + end.Length);
    }

    private void ReadTag(char kind, int inside, int begin)
    {
        bool isBlock = kind == '%';
        _tokens.Add(new Token(isBlock ? TokenKind.BlockBegin : TokenKind.PrintBegin, isBlock ? "{%" : "{{", begin));
        Regex end = isBlock ? BlockEnd() : PrintEnd();
        List<(char Closing, int Position)> open = [];
        int position = inside;
        while (true)
        {
            // Inside brackets }} closes two mappings, not the tag.
            if (open.Count == 0 && end.Match(_text, position) is { Success: true } closing)
            {
                _tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.PrintEnd, isBlock ? "%}" : "}}", position));
                Advance(closing.Index + closing.Length);
                return;
            }

            if (position >= _text.Length)
                throw new TemplateSyntaxFault($"a tag has no '{(isBlock ? "%}" : "}}")}'", begin);
            if (PythonText.IsWhiteSpace(_text[position]))
            {
                position++;
                continue;
            }

            Token token = ExpressionLexer.Next(_text, position, out position);
            Balance(open, token);
            _tokens.Add(token);
        }
    }

    private static void Balance(List<(char Closing, int Position)> open, Token token)
    {
        if (token.Kind != TokenKind.Operator)
            return;
        switch (token.Text)
        {
            case "(":
                open.Add((')', token.Position));
                break;
            case "[":
                open.Add((']', token.Position));
                break;
            case "{":
                open.Add(('}', token.Position));
                break;
            case ")" or "]" or "}":
                if (open.Count == 0 || open[^1].Closing != token.Text[0])
                    throw new TemplateSyntaxFault($"unexpected '{token.Text}'{(open.Count == 0 ? "" : $", expected '{open[^1].Closing}'")}", token.Position);
                open.RemoveAt(open.Count - 1);
                break;
        }
    }

    private void Advance(int position)
    {
        _position = position;
        _atLineStart = _text[position - 1] == '\n';
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
            _tokens.Add(new Token(TokenKind.Data, text, _position));
    }

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})", RegexOptions.CultureInvariant)]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"\{%(?<sign>[-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)", RegexOptions.CultureInvariant)]
    private static partial Regex RawEnd();

    [GeneratedRegex(@"\+#\}|-#\}\s*|#\}\n?", RegexOptions.CultureInvariant)]
    private static partial Regex CommentEnd();

    [GeneratedRegex(@"\G(?:\+%\}|-%\}\s*|%\}\n?)", RegexOptions.CultureInvariant)]
    private static partial Regex BlockEnd();

    [GeneratedRegex(@"\G(?:-\}\}\s*|\}\})", RegexOptions.CultureInvariant)]
    private static partial Regex PrintEnd();
}
