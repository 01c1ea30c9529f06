using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Patterns;

/// <summary>A parsed pattern.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>One code point of a set.</summary>
    public sealed record Character(CharacterSet Set) : PatternNode;

    /// <summary>One after the other; empty matches nothing, successfully.</summary>
    public sealed record Sequence(ImmutableArray<PatternNode> Parts) : PatternNode;

    /// <summary>The first branch that lets the rest match.</summary>
    public sealed record Alternation(ImmutableArray<PatternNode> Branches) : PatternNode;

    /// <summary>Again and again.</summary>
    public sealed record Repeat(PatternNode Body, int Minimum, int Maximum, bool IsLazy) : PatternNode;

    /// <summary>Matched once and never reconsidered: atomic groups and possessive quantifiers.</summary>
    public sealed record Atomic(PatternNode Body) : PatternNode;

    /// <summary>A condition on what follows.</summary>
    public sealed record LookAhead(PatternNode Body, bool IsNegative) : PatternNode;

    /// <summary>A condition on the position.</summary>
    public sealed record Anchor(AnchorKind Kind) : PatternNode;
}

/// <summary>Conditions on a position.</summary>
internal enum AnchorKind
{
    /// <summary>Start of the text.</summary>
    TextStart,

    /// <summary>End of the text.</summary>
    TextEnd,

    /// <summary>End of the text or before its last line feed.</summary>
    TextEndOrLastLine,

    /// <summary>Start of a line.</summary>
    LineStart,

    /// <summary>End of a line.</summary>
    LineEnd,

    /// <summary>Between a word and something else.</summary>
    WordBoundary,

    /// <summary>Not between a word and something else.</summary>
    NotWordBoundary,
}
