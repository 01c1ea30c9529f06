namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Tokens one after the other, with a bound on how deep what is read from them may nest.</summary>
/// <param name="tokens">The tokens, the last of kind <see cref="TokenKind.End"/>.</param>
internal sealed class TokenStream(IReadOnlyList<Token> tokens)
{
    private const int MaximumNesting = 100;
    private int _place;
    private int _nesting;

    /// <summary>The token to be read next.</summary>
    public Token Current => tokens[_place];

    /// <summary>The one behind it.</summary>
    public Token Following => tokens[Math.Min(_place + 1, tokens.Count - 1)];

    /// <summary>Reads a token.</summary>
    public Token Take() => tokens[_place < tokens.Count - 1 ? _place++ : _place];

    /// <summary>Reads an operator if it stands here.</summary>
    public bool TakeOperator(string text) => TakeIf(Current.IsOperator(text));

    /// <summary>Reads a name if it stands here.</summary>
    public bool TakeName(string text) => TakeIf(Current.IsName(text));

    /// <summary>Reads an operator that must stand here.</summary>
    public Token ExpectOperator(string text) => Current.IsOperator(text) ? Take() : throw Unexpected($"'{text}'");

    /// <summary>Reads a keyword that must stand here.</summary>
    public Token ExpectName(string text) => Current.IsName(text) ? Take() : throw Unexpected($"'{text}'");

    /// <summary>Reads a token of a kind that must stand here.</summary>
    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Take() : throw Unexpected(what);

    /// <summary>The fault of finding something else.</summary>
    public TemplateSyntaxFault Unexpected(string expected) => new($"expected {expected}, found {Current.Shown}", Current.Position);

    /// <summary>Reads what is nested in something else.</summary>
    /// <exception cref="TemplateSyntaxFault">Nested too deeply.</exception>
    public T Nested<T>(Func<T> read)
    {
        if (++_nesting > MaximumNesting)
            throw new TemplateSyntaxFault($"tags and brackets are nested more than {MaximumNesting} deep", Current.Position);
        T result = read();
        _nesting--;
        return result;
    }

    private bool TakeIf(bool condition)
    {
        if (condition)
            Take();
        return condition;
    }
}
