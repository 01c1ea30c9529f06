using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>The kinds of token.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    /// <summary><c>{%</c>.</summary>
    BlockBegin,

    /// <summary><c>%}</c>.</summary>
    BlockEnd,

    /// <summary><c>{{</c>.</summary>
    PrintBegin,

    /// <summary><c>}}</c>.</summary>
    PrintEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A literal.</summary>
    Literal,

    /// <summary>An operator or bracket.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Data, name or operator; for a literal, as written.</param>
/// <param name="Position">Its offset.</param>
/// <param name="Literal">The value of a literal.</param>
internal sealed record Token(TokenKind Kind, string Text, int Position, TemplateValue? Literal = null)
{
    /// <summary>How a message shows it.</summary>
    public string Shown => Kind == TokenKind.End ? "the end of the template" : $"'{(Text.Length <= 40 ? Text : $"{Text.AsSpan(0, 40)}…")}'";

    /// <summary>Whether it is this operator.</summary>
    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    /// <summary>Whether it is this name.</summary>
    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;
}
