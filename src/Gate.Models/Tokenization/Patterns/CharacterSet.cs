using System.Globalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>A set of code points: ranges, general categories, other sets, negated or not, with or without regard to case.</summary>
internal sealed class CharacterSet
{
    private const int TableLength = 0x800;

    private readonly ulong[] _table = new ulong[TableLength / 64];
    private readonly (int First, int Last)[] _ranges;
    private readonly uint _categories;
    private readonly CharacterSet[] _members;
    private readonly Func<int, bool>? _predicate;
    private readonly bool _ignoresCase;
    private readonly bool _isNegated;

    private CharacterSet(
        IEnumerable<(int First, int Last)> ranges, uint categories, IEnumerable<CharacterSet> members, Func<int, bool>? predicate, bool ignoresCase, bool isNegated)
    {
        _ranges = [.. ranges];
        _categories = categories;
        _members = [.. members];
        _predicate = predicate;
        _ignoresCase = ignoresCase;
        _isNegated = isNegated;
        for (int codePoint = 0; codePoint < TableLength; codePoint++)
        {
            if (Evaluate(codePoint))
                _table[codePoint >> 6] |= 1UL << (codePoint & 63);
        }
    }

    /// <summary>Every code point but line feed: the dot.</summary>
    public static CharacterSet Dot { get; } = Single('\n', ignoresCase: false).Negate();

    /// <summary>White space.</summary>
    public static CharacterSet WhiteSpace { get; } = Of(CodePoints.IsWhiteSpace);

    /// <summary>Decimal digits of all scripts.</summary>
    public static CharacterSet Digits { get; } = OfCategories(1u << (int)UnicodeCategory.DecimalDigitNumber);

    /// <summary>Characters of words.</summary>
    public static CharacterSet Words { get; } = Of(CodePoints.IsPatternWord);

    /// <summary>One code point.</summary>
    public static CharacterSet Single(int codePoint, bool ignoresCase) => new([(codePoint, codePoint)], 0, [], null, ignoresCase, false);

    /// <summary>Code points of which something is true.</summary>
    public static CharacterSet Of(Func<int, bool> predicate) => new([], 0, [], predicate, false, false);

    /// <summary>Code points of general categories, one bit for each <see cref="UnicodeCategory"/>.</summary>
    public static CharacterSet OfCategories(uint categories) => new([], categories, [], null, false, false);

    /// <summary>Code points in ranges.</summary>
    public static CharacterSet OfRanges(IEnumerable<(int First, int Last)> ranges) => new(ranges, 0, [], null, false, false);

    /// <summary>The union of ranges and sets.</summary>
    public static CharacterSet Union(IEnumerable<(int First, int Last)> ranges, IEnumerable<CharacterSet> members, bool ignoresCase, bool isNegated) =>
        new(ranges, 0, members, null, ignoresCase, isNegated);

    /// <summary>Everything that is not in the set.</summary>
    public CharacterSet Negate() => new([], 0, [this], null, false, true);

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint) =>
        codePoint < TableLength ? (_table[codePoint >> 6] & (1UL << (codePoint & 63))) != 0 : Evaluate(codePoint);

    private bool Evaluate(int codePoint)
    {
        bool isMember = IsMember(codePoint);
        if (!isMember && _ignoresCase)
        {
            int fold = CodePoints.Fold(codePoint);
            isMember = IsMember(fold) || IsMember(UpperOf(fold)) || (_ranges.Length == 1 && _ranges[0].First == _ranges[0].Last && CodePoints.Fold(_ranges[0].First) == fold);
        }

        return isMember != _isNegated;
    }

    private bool IsMember(int codePoint)
    {
        foreach ((int first, int last) in _ranges)
        {
            if (codePoint >= first && codePoint <= last)
                return true;
        }

        if (_categories != 0 && (_categories & (1u << (int)CodePoints.Category(codePoint))) != 0)
            return true;
        foreach (CharacterSet member in _members)
        {
            if (member.Contains(codePoint))
                return true;
        }

        return _predicate is not null && _predicate(codePoint);
    }

    private static int UpperOf(int codePoint) =>
        System.Text.Rune.IsValid(codePoint) ? System.Text.Rune.ToUpperInvariant(new System.Text.Rune(codePoint)).Value : codePoint;
}
