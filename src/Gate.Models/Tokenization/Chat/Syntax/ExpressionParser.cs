using System.Collections.Immutable;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Reads expressions by Jinja's grammar.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="vocabulary">The filters and tests there are.</param>
internal sealed class ExpressionParser(TokenStream tokens, TemplateVocabulary vocabulary)
{
    private HashSet<string> _mentions = new(StringComparer.Ordinal);

    /// <summary>Reads something and tells which names it mentions.</summary>
    public (T Read, ImmutableHashSet<string> Mentions) Mentioning<T>(Func<T> read)
    {
        HashSet<string> outer = _mentions;
        _mentions = new HashSet<string>(StringComparer.Ordinal);
        T result = read();
        ImmutableHashSet<string> mentions = [.. _mentions];
        outer.UnionWith(_mentions);
        _mentions = outer;
        return (result, mentions);
    }

    /// <summary>One expression; separated by commas, several are a tuple.</summary>
    /// <param name="withConditional">Whether <c>if</c> continues an expression.</param>
    /// <param name="isParenthesised">Whether none at all is the empty tuple.</param>
    public Expression ReadTuple(bool withConditional = true, bool isParenthesised = false)
    {
        int position = tokens.Current.Position;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        bool isTuple = false;
        while (!EndsTuple())
        {
            items.Add(withConditional ? Read() : ReadOr());
            if (!tokens.TakeOperator(","))
                break;
            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
            return items[0];
        return isTuple || isParenthesised ? new SequenceExpression(position, SequenceKind.Tuple, items.ToImmutable()) : throw tokens.Unexpected("an expression");
    }

    /// <summary>One expression.</summary>
    public Expression Read() => tokens.Nested(ReadConditional);

    /// <summary>Filters after a <c>|</c>, or, where a tag gives the input, a first one without it.</summary>
    public Expression? ReadFilters(Expression? input, bool startsInline = false)
    {
        while (startsInline || tokens.Current.IsOperator("|"))
        {
            if (!startsInline)
                tokens.Take();
            startsInline = false;
            (Token name, string text) = ReadDotted("a filter's name");
            ArgumentList arguments = tokens.Current.IsOperator("(") ? ReadArguments() : ArgumentList.None;
            vocabulary.RequireFilter(text, name.Position);
            input = new FilterExpression(name.Position, input, text, arguments);
        }

        return input;
    }

    private bool EndsTuple() => tokens.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || tokens.Current.IsOperator(")")
        || tokens.Current.IsName("in") || tokens.Current.IsName("recursive");

    private Expression ReadConditional()
    {
        Expression value = ReadOr();
        while (tokens.Current.IsName("if"))
        {
            int position = tokens.Take().Position;
            Expression condition = ReadOr();
            Expression? otherwise = tokens.TakeName("else") ? tokens.Nested(ReadConditional) : null;
            value = new ConditionalExpression(position, condition, value, otherwise);
        }

        return value;
    }

    private Expression ReadOr()
    {
        Expression left = ReadAnd();
        while (tokens.Current.IsName("or"))
            left = new LogicalExpression(tokens.Take().Position, false, left, ReadAnd());
        return left;
    }

    private Expression ReadAnd()
    {
        Expression left = ReadNot();
        while (tokens.Current.IsName("and"))
            left = new LogicalExpression(tokens.Take().Position, true, left, ReadNot());
        return left;
    }

    private Expression ReadNot() =>
        tokens.Current.IsName("not") ? new NotExpression(tokens.Take().Position, tokens.Nested(ReadNot)) : ReadComparison();

    private Expression ReadComparison()
    {
        Expression first = ReadSum();
        int position = tokens.Current.Position;
        ImmutableArray<(string, Expression)>.Builder rest = ImmutableArray.CreateBuilder<(string, Expression)>();
        while (ComparisonOperator() is { } name)
            rest.Add((name, ReadSum()));
        return rest.Count == 0 ? first : new ComparisonExpression(position, first, rest.ToImmutable());
    }

    private string? ComparisonOperator()
    {
        if (tokens.Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
            return tokens.Take().Text;
        if (tokens.TakeName("in"))
            return "in";
        if (!tokens.Current.IsName("not") || !tokens.Following.IsName("in"))
            return null;
        tokens.Take();
        tokens.Take();
        return "not in";
    }

    private Expression ReadSum() => ReadArithmetic(ReadConcatenation, "+", "-");

    private Expression ReadConcatenation()
    {
        int position = tokens.Current.Position;
        Expression first = ReadProduct();
        if (!tokens.Current.IsOperator("~"))
            return first;
        ImmutableArray<Expression>.Builder parts = ImmutableArray.CreateBuilder<Expression>();
        parts.Add(first);
        while (tokens.TakeOperator("~"))
            parts.Add(ReadProduct());
        return new ConcatenationExpression(position, parts.ToImmutable());
    }

    private Expression ReadProduct() => ReadArithmetic(ReadPower, "*", "/", "//", "%");

    private Expression ReadPower() => ReadArithmetic(() => ReadUnary(true), "**");

    private Expression ReadArithmetic(Func<Expression> operand, params string[] operators)
    {
        Expression left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && operators.Contains(tokens.Current.Text))
        {
            Token sign = tokens.Take();
            left = new ArithmeticExpression(sign.Position, sign.Text, left, operand());
        }

        return left;
    }

    private Expression ReadUnary(bool withFilters)
    {
        Expression value = tokens.Current is { Kind: TokenKind.Operator, Text: "-" or "+" }
            ? new SignExpression(tokens.Current.Position, tokens.Take().Text == "-", tokens.Nested(() => ReadUnary(false)))
            : ReadPrimary();
        value = ReadPostfix(value);
        return withFilters ? ReadFiltersAndTests(value) : value;
    }

    private Expression ReadPrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                return token.Text switch
                {
                    "true" or "True" => new LiteralExpression(token.Position, BooleanValue.True),
                    "false" or "False" => new LiteralExpression(token.Position, BooleanValue.False),
                    "none" or "None" => new LiteralExpression(token.Position, NoneValue.Instance),
                    _ => Mentioned(token),
                };
            case TokenKind.Literal when token.Literal is TextValue:
                return ReadTexts();
            case TokenKind.Literal:
                tokens.Take();
                return new LiteralExpression(token.Position, token.Literal!);
            case TokenKind.Operator when token.Text == "(":
                tokens.Take();
                Expression tuple = tokens.Nested(() => ReadTuple(isParenthesised: true));
                tokens.ExpectOperator(")");
                return tuple;
            case TokenKind.Operator when token.Text == "[":
                return ReadList();
            case TokenKind.Operator when token.Text == "{":
                return ReadMapping();
            default:
                throw tokens.Unexpected("an expression");
        }
    }

    private NameExpression Mentioned(Token name)
    {
        _mentions.Add(name.Text);
        return new NameExpression(name.Position, name.Text);
    }

    // Texts one after the other are one text.
    private LiteralExpression ReadTexts()
    {
        int position = tokens.Current.Position;
        var text = new StringBuilder();
        while (tokens.Current.Literal is TextValue part)
        {
            text.Append(part.Text);
            tokens.Take();
        }

        return new LiteralExpression(position, new TextValue(text.ToString()));
    }

    private SequenceExpression ReadList()
    {
        int position = tokens.Take().Position;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        while (!tokens.Current.IsOperator("]"))
        {
            items.Add(Read());
            if (!tokens.TakeOperator(","))
                break;
        }

        tokens.ExpectOperator("]");
        return new SequenceExpression(position, SequenceKind.List, items.ToImmutable());
    }

    private MappingExpression ReadMapping()
    {
        int position = tokens.Take().Position;
        ImmutableArray<(Expression, Expression)>.Builder entries = ImmutableArray.CreateBuilder<(Expression, Expression)>();
        while (!tokens.Current.IsOperator("}"))
        {
            Expression key = Read();
            tokens.ExpectOperator(":");
            entries.Add((key, Read()));
            if (!tokens.TakeOperator(","))
                break;
        }

        tokens.ExpectOperator("}");
        return new MappingExpression(position, entries.ToImmutable());
    }

    private Expression ReadPostfix(Expression value)
    {
        while (tokens.Current is { Kind: TokenKind.Operator, Text: "." or "[" or "(" })
        {
            value = tokens.Current.Text switch
            {
                "." => ReadAttribute(value),
                "[" => ReadItem(value),
                _ => new CallExpression(tokens.Current.Position, value, ReadArguments()),
            };
        }

        return value;
    }

    private Expression ReadFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Current.IsOperator("|"))
                value = ReadFilters(value)!;
            else if (tokens.Current.IsName("is"))
                value = ReadTest(value);
            else if (tokens.Current.IsOperator("("))
                value = new CallExpression(tokens.Current.Position, value, ReadArguments());
            else
                return value;
        }
    }

    private Expression ReadAttribute(Expression target)
    {
        int position = tokens.Take().Position;
        if (tokens.Current.Kind == TokenKind.Name)
            return new AttributeExpression(position, target, tokens.Take().Text);
        return tokens.Current.Literal is IntegerValue number
            ? new ItemExpression(position, target, new LiteralExpression(tokens.Take().Position, number))
            : throw tokens.Unexpected("a name or number");
    }

    private Expression ReadItem(Expression target)
    {
        int position = tokens.Take().Position;
        Expression? start = tokens.Current.IsOperator(":") ? null : Read();
        if (tokens.Current.IsOperator(","))
            throw new TemplateSyntaxFault("several keys in one pair of brackets are not supported", tokens.Current.Position, isUnknown: true);
        if (start is not null && tokens.TakeOperator("]"))
            return new ItemExpression(position, target, start);
        tokens.ExpectOperator(":");
        Expression? stop = tokens.Current is { Kind: TokenKind.Operator, Text: ":" or "]" } ? null : Read();
        Expression? step = tokens.TakeOperator(":") && !tokens.Current.IsOperator("]") ? Read() : null;
        tokens.ExpectOperator("]");
        return new SliceExpression(position, target, start, stop, step);
    }

    private Expression ReadTest(Expression value)
    {
        tokens.Take();
        bool isNegated = tokens.TakeName("not");
        (Token name, string text) = ReadDotted("a test's name");
        vocabulary.RequireTest(text, name.Position);
        ArgumentList arguments = ArgumentList.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ReadArguments();
        }
        else if (tokens.Current.Kind is TokenKind.Name or TokenKind.Literal || tokens.Current is { Kind: TokenKind.Operator, Text: "[" or "{" })
        {
            if (tokens.Current.IsName("is"))
                throw new TemplateSyntaxFault("tests cannot be chained with 'is'", tokens.Current.Position);
            if (tokens.Current is not { Kind: TokenKind.Name, Text: "else" or "or" or "and" })
                arguments = new ArgumentList([ReadPostfix(ReadPrimary())], [], null, null);
        }

        Expression test = new TestExpression(name.Position, value, text, arguments);
        return isNegated ? new NotExpression(name.Position, test) : test;
    }

    private (Token Name, string Text) ReadDotted(string what)
    {
        Token name = tokens.Expect(TokenKind.Name, what);
        string text = name.Text;
        while (tokens.TakeOperator("."))
            text += "." + tokens.Expect(TokenKind.Name, what).Text;
        return (name, text);
    }

    private ArgumentList ReadArguments()
    {
        tokens.ExpectOperator("(");
        ImmutableArray<Expression>.Builder positional = ImmutableArray.CreateBuilder<Expression>();
        ImmutableArray<(string, Expression)>.Builder named = ImmutableArray.CreateBuilder<(string, Expression)>();
        Expression? spread = null;
        Expression? spreadNamed = null;
        while (!tokens.Current.IsOperator(")"))
        {
            Token first = tokens.Current;
            if (spreadNamed is not null)
                throw tokens.Unexpected("nothing after '**'");
            if (spread is null && tokens.TakeOperator("*"))
            {
                spread = Read();
            }
            else if (tokens.TakeOperator("**"))
            {
                spreadNamed = Read();
            }
            else if (first.Kind == TokenKind.Name && tokens.Following.IsOperator("="))
            {
                tokens.Take();
                tokens.Take();
                named.Add((first.Text, Read()));
            }
            else if (spread is null && named.Count == 0)
            {
                positional.Add(Read());
            }
            else
            {
                throw new TemplateSyntaxFault("an argument without a name stands behind one with a name", first.Position);
            }

            if (!tokens.TakeOperator(","))
                break;
        }

        tokens.ExpectOperator(")");
        return new ArgumentList(positional.ToImmutable(), named.ToImmutable(), spread, spreadNamed);
    }
}
