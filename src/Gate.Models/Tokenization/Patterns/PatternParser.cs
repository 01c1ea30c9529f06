using System.Collections.Immutable;
using System.Globalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>
/// Parses the regular expressions of tokenizers in Oniguruma's Ruby syntax over code points. A construct that is not implemented is refused by name
/// rather than read as something else.
/// </summary>
internal sealed class PatternParser
{
    private const int MaximumDepth = 100;

    private readonly string _pattern;
    private int _position;
    private int _depth;
    private bool _ignoresCase;
    private bool _dotMatchesLineFeed;

    private PatternParser(string pattern) => _pattern = pattern;

    private bool AtEnd => _position >= _pattern.Length;

    /// <summary>The tree of a pattern.</summary>
    /// <exception cref="PatternSyntaxException">Malformed, or not implemented.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(CodePoints.WellFormed(pattern));
        PatternNode node = parser.ParseAlternation();
        return parser.AtEnd ? node : throw new PatternSyntaxException($"unmatched ')' at {parser._position}");
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > MaximumDepth)
            throw new PatternSyntaxException($"groups nested more than {MaximumDepth} deep");
        (bool ignoresCase, bool dotMatchesLineFeed) = (_ignoresCase, _dotMatchesLineFeed);
        var branches = ImmutableArray.CreateBuilder<PatternNode>();
        branches.Add(ParseSequence());
        while (Take('|'))
            branches.Add(ParseSequence());
        (_ignoresCase, _dotMatchesLineFeed) = (ignoresCase, dotMatchesLineFeed);
        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Alternation(branches.ToImmutable());
    }

    private PatternNode.Sequence ParseSequence()
    {
        var parts = ImmutableArray.CreateBuilder<PatternNode>();
        while (!AtEnd && _pattern[_position] is not ('|' or ')'))
        {
            PatternNode? atom = ParseAtom();
            if (atom is not null)
                parts.Add(ParseQuantifiers(atom));
        }

        return new PatternNode.Sequence(parts.ToImmutable());
    }

    private PatternNode? ParseAtom()
    {
        int codePoint = Next();
        switch (codePoint)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new PatternNode.Character(ParseClass());
            case '.':
                return new PatternNode.Character(_dotMatchesLineFeed ? CharacterSet.OfRanges([(0, 0x10FFFF)]) : CharacterSet.Dot);
            case '^':
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw new PatternSyntaxException($"nothing to repeat at {_position - 1}");
            default:
                return Literal(codePoint);
        }
    }

    private PatternNode? ParseGroup()
    {
        if (!Take('?'))
            return Closed(ParseAlternation());
        if (Take(':'))
            return Closed(ParseAlternation());
        if (Take('='))
            return Closed(new PatternNode.LookAhead(ParseAlternation(), false));
        if (Take('!'))
            return Closed(new PatternNode.LookAhead(ParseAlternation(), true));
        if (Take('>'))
            return Closed(new PatternNode.Atomic(ParseAlternation()));
        (bool ignoresCase, bool dotMatchesLineFeed) = (_ignoresCase, _dotMatchesLineFeed);
        bool on = true;
        for (int start = _position; !AtEnd;)
        {
            switch (Next())
            {
                case '-':
                    on = false;
                    continue;
                case 'i':
                    _ignoresCase = on;
                    continue;
                case 'm':
                    _dotMatchesLineFeed = on;
                    continue;
                case ':':
                    PatternNode body = ParseAlternation();
                    (_ignoresCase, _dotMatchesLineFeed) = (ignoresCase, dotMatchesLineFeed);
                    return Closed(body);
                case ')':
                    // (?i) holds to the end of the enclosing group, which restores the options.
                    return null;
                default:
                    throw new PatternSyntaxException($"group '(?{_pattern.AsSpan(start, _position - start)}' is not implemented");
            }
        }

        throw new PatternSyntaxException("missing ')'");
    }

    private PatternNode ParseEscape()
    {
        if (ParseSetEscape() is { } set)
            return new PatternNode.Character(set);
        int letter = AtEnd ? -1 : _pattern[_position];
        AnchorKind? anchor = letter switch
        {
            'A' => AnchorKind.TextStart,
            'z' => AnchorKind.TextEnd,
            'Z' => AnchorKind.TextEndOrLastLine,
            'b' => AnchorKind.WordBoundary,
            'B' => AnchorKind.NotWordBoundary,
            _ => null,
        };
        if (anchor is null)
            return Literal(ParseCharacterEscape());
        _position++;
        return new PatternNode.Anchor(anchor.Value);
    }

    // After a backslash: \s, \d, \w, \h, \p{…} and their complements; null when it is something else.
    private CharacterSet? ParseSetEscape()
    {
        int letter = AtEnd ? -1 : _pattern[_position];
        CharacterSet? set = letter switch
        {
            's' or 'S' => CharacterSet.WhiteSpace,
            'd' or 'D' => CharacterSet.Digits,
            'w' or 'W' => CharacterSet.Words,
            'h' or 'H' => CharacterSet.OfRanges([('0', '9'), ('A', 'F'), ('a', 'f')]),
            'p' or 'P' => ParseProperty(),
            _ => null,
        };
        if (set is null)
            return null;
        if (letter is not ('p' or 'P'))
            _position++;
        return char.IsAsciiLetterUpper((char)letter) ? set.Negate() : set;
    }

    private CharacterSet ParseProperty()
    {
        int close = _pattern.IndexOf('}', _position);
        if (_position + 1 >= _pattern.Length || _pattern[_position + 1] != '{' || close < 0)
            throw new PatternSyntaxException("\\p without {name}");
        string name = _pattern[(_position + 2)..close];
        bool isNegated = name.StartsWith('^');
        _position = close + 1;
        CharacterSet set = UnicodeProperties.Find(isNegated ? name[1..] : name) ?? throw new PatternSyntaxException($"property '{name}' is not implemented");
        return isNegated ? set.Negate() : set;
    }

    // After a backslash: the code point that an escape stands for.
    private int ParseCharacterEscape()
    {
        if (AtEnd)
            throw new PatternSyntaxException("a backslash at the end");
        int codePoint = Next();
        switch (codePoint)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case 'x':
                return Take('{') ? Hexadecimal(_pattern.IndexOf('}', _position) - _position, skip: 1) : Hexadecimal(2);
            case 'u':
                return Hexadecimal(4);
            default:
                return codePoint < 128 && char.IsAsciiLetterOrDigit((char)codePoint)
                    ? throw new PatternSyntaxException($"escape '\\{(char)codePoint}' is not implemented")
                    : codePoint;
        }
    }

    private int Hexadecimal(int digits, int skip = 0)
    {
        if (digits is < 1 or > 8 || _position + digits > _pattern.Length
            || !int.TryParse(_pattern.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
            throw new PatternSyntaxException($"a malformed hexadecimal escape at {_position}");
        _position += digits + skip;
        return value;
    }

    // After '[': ranges, escapes and nested classes, as a union.
    private CharacterSet ParseClass()
    {
        if (++_depth > MaximumDepth)
            throw new PatternSyntaxException($"classes nested more than {MaximumDepth} deep");
        bool isNegated = Take('^');
        var ranges = new List<(int, int)>();
        var members = new List<CharacterSet>();
        for (bool isFirst = true; ; isFirst = false)
        {
            if (AtEnd)
                throw new PatternSyntaxException("missing ']'");
            if (_pattern.AsSpan(_position).StartsWith("&&"))
                throw new PatternSyntaxException("class intersection '&&' is not implemented");
            if (_pattern.AsSpan(_position).StartsWith("[:"))
                throw new PatternSyntaxException("POSIX bracket '[:' is not implemented");
            if (!isFirst && Take(']'))
                break;
            if (Take('['))
                members.Add(ParseClass());
            else
                ParseClassItem(ranges, members);
        }

        _depth--;
        return CharacterSet.Union(ranges, members, _ignoresCase, isNegated);
    }

    private void ParseClassItem(List<(int First, int Last)> ranges, List<CharacterSet> members)
    {
        if (Take('\\'))
        {
            if (ParseSetEscape() is { } set)
            {
                members.Add(set);
                return;
            }

            ParseRange(Take('b') ? '\b' : ParseCharacterEscape(), ranges);
            return;
        }

        ParseRange(Next(), ranges);
    }

    private void ParseRange(int first, List<(int First, int Last)> ranges)
    {
        bool isRange = _position + 1 < _pattern.Length && _pattern[_position] == '-' && _pattern[_position + 1] is not (']' or '[');
        if (!isRange)
        {
            ranges.Add((first, first));
            return;
        }

        _position++;
        int last = Take('\\') ? ParseCharacterEscape() : Next();
        if (last < first)
            throw new PatternSyntaxException($"an empty range at {_position}");
        ranges.Add((first, last));
    }

    private PatternNode ParseQuantifiers(PatternNode atom)
    {
        while (!AtEnd)
        {
            if (ParseBounds() is not { } bounds)
                return atom;
            bool isLazy = Take('?');

            // In this syntax a plus after braces repeats once more; after the short quantifiers it is possessive.
            bool isPossessive = !isLazy && !bounds.IsBraced && Take('+');
            atom = new PatternNode.Repeat(atom, bounds.Minimum, bounds.Maximum, isLazy);
            if (isPossessive)
                atom = new PatternNode.Atomic(atom);
        }

        return atom;
    }

    private (int Minimum, int Maximum, bool IsBraced)? ParseBounds()
    {
        if (Take('*'))
            return (0, int.MaxValue, false);
        if (Take('+'))
            return (1, int.MaxValue, false);
        if (Take('?'))
            return (0, 1, false);
        int close = _pattern[_position] == '{' ? _pattern.IndexOf('}', _position) : -1;
        if (close < 0)
            return null;
        string[] parts = _pattern[(_position + 1)..close].Split(',');
        bool hasMinimum = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int minimum);
        int maximum = parts.Length == 1 ? minimum : int.MaxValue;
        bool hasMaximum = parts.Length == 2 && parts[1].Length > 0 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out maximum);
        bool isQuantifier = parts.Length switch
        {
            1 => hasMinimum,
            2 => (hasMinimum || parts[0].Length == 0) && (hasMaximum || (hasMinimum && parts[1].Length == 0)),
            _ => false,
        };
        if (!isQuantifier)
            return null;
        if (maximum < minimum || minimum > 1000 || (maximum != int.MaxValue && maximum > 1000))
            throw new PatternSyntaxException($"bounds '{_pattern[_position..(close + 1)]}' are not implemented");
        _position = close + 1;
        return (minimum, maximum, true);
    }

    private PatternNode.Character Literal(int codePoint) => new(CharacterSet.Single(codePoint, _ignoresCase));

    private PatternNode Closed(PatternNode node) => Take(')') ? node : throw new PatternSyntaxException("missing ')'");

    private bool Take(char expected)
    {
        if (AtEnd || _pattern[_position] != expected)
            return false;
        _position++;
        return true;
    }

    private int Next()
    {
        int codePoint = CodePoints.At(_pattern, _position, out int length);
        _position += length;
        return codePoint;
    }
}
