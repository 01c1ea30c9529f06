using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Reads a template into statements.</summary>
internal sealed class TemplateParser
{
    // Tags of Jinja that chat templates cannot use alone: they read other templates, or change how one is printed.
    private static readonly string[] UnsupportedTags = ["extends", "block", "include", "import", "from", "autoescape", "trans", "do", "debug"];

    private static readonly string[] Reserved = ["true", "false", "none", "True", "False", "None"];

    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(IReadOnlyList<Token> tokens, TemplateVocabulary vocabulary)
    {
        _tokens = new TokenStream(tokens);
        _expressions = new ExpressionParser(_tokens, vocabulary);
    }

    /// <summary>The statements of a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="vocabulary">The filters and tests there are.</param>
    /// <exception cref="TemplateSyntaxFault">Not as the grammar says, or something this interpreter does not know.</exception>
    public static ImmutableArray<Statement> Parse(string text, TemplateVocabulary vocabulary)
    {
        var parser = new TemplateParser(TemplateLexer.Read(text), vocabulary);
        (ImmutableArray<Statement> body, Token? end) = parser.ReadBody([], null);
        return end is null ? body : throw new TemplateSyntaxFault($"'{end.Text}' closes nothing", end.Position);
    }

    // Statements up to a tag of one of the names, which is read with its name but not to its end.
    private (ImmutableArray<Statement> Body, Token? End) ReadBody(ReadOnlySpan<string> ends, Token? opening)
    {
        ImmutableArray<Statement>.Builder body = ImmutableArray.CreateBuilder<Statement>();
        while (true)
        {
            Token token = _tokens.Take();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new DataStatement(token.Position, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    body.Add(new PrintStatement(token.Position, _expressions.ReadTuple()));
                    _tokens.Expect(TokenKind.PrintEnd, "'}}'");
                    break;
                case TokenKind.End:
                    return opening is null ? (body.ToImmutable(), null)
                        : throw new TemplateSyntaxFault($"'{opening.Text}' is not closed; expected '{string.Join("' or '", ends!)}'", opening.Position);
                default:
                    Token name = _tokens.Expect(TokenKind.Name, "the name of a tag");
                    if (ends.Contains(name.Text))
                        return (body.ToImmutable(), name);
                    body.Add(_tokens.Nested(() => ReadStatement(name)));
                    break;
            }
        }
    }

    private ImmutableArray<Statement> ReadBodyTo(string end, Token opening)
    {
        (ImmutableArray<Statement> body, _) = ReadBody([end], opening);
        EndTag();
        return body;
    }

    private Token EndTag() => _tokens.Expect(TokenKind.BlockEnd, "'%}'");

    private Statement ReadStatement(Token name) => name.Text switch
    {
        "if" => ReadIf(name),
        "for" => ReadFor(name),
        "set" => ReadSet(name),
        "macro" => ReadMacro(name),
        "call" => ReadCall(name),
        "filter" => ReadFilter(name),
        "with" => ReadWith(name),
        "generation" => ReadGeneration(name),
        "print" => ReadPrint(name),
        "break" or "continue" => ReadLoopControl(name),
        _ when name.Text.StartsWith("end", StringComparison.Ordinal) || name.Text is "else" or "elif" =>
            throw new TemplateSyntaxFault($"unexpected '{name.Text}'", name.Position),
        _ => throw new TemplateSyntaxFault(
            $"the tag '{name.Text}' is not one Gate knows", name.Position, isUnknown: UnsupportedTags.Contains(name.Text)),
    };

    private IfStatement ReadIf(Token opening)
    {
        ImmutableArray<(Expression?, ImmutableArray<Statement>)>.Builder branches = ImmutableArray.CreateBuilder<(Expression?, ImmutableArray<Statement>)>();
        Token? tag = opening;
        while (tag!.Text is "if" or "elif")
        {
            Expression condition = _expressions.ReadTuple(withConditional: false);
            EndTag();
            (ImmutableArray<Statement> body, tag) = ReadBody(["elif", "else", "endif"], opening);
            branches.Add((condition, body));
        }

        EndTag();
        if (tag.Text == "else")
            branches.Add((null, ReadBodyTo("endif", opening)));
        return new IfStatement(opening.Position, branches.ToImmutable());
    }

    private ForStatement ReadFor(Token opening)
    {
        Target target = ReadTarget(withNamespace: false);
        _tokens.ExpectName("in");
        Expression items = _expressions.ReadTuple(withConditional: false);
        Expression? filter = _tokens.TakeName("if") ? _expressions.Read() : null;
        if (_tokens.Current.IsName("recursive"))
            throw new TemplateSyntaxFault("recursive loops are not supported", _tokens.Current.Position, isUnknown: true);
        EndTag();
        _loops++;
        (ImmutableArray<Statement> body, Token? tag) = ReadBody(["else", "endfor"], opening);
        _loops--;
        EndTag();
        return new ForStatement(opening.Position, target, items, filter, body, tag!.Text == "else" ? ReadBodyTo("endfor", opening) : []);
    }

    private Statement ReadSet(Token opening)
    {
        Target target = ReadTarget(withNamespace: true);
        if (_tokens.TakeOperator("="))
        {
            Expression value = _expressions.ReadTuple();
            EndTag();
            return new SetStatement(opening.Position, target, value);
        }

        var filter = (FilterExpression?)_expressions.ReadFilters(null);
        EndTag();
        return new SetBlockStatement(opening.Position, target, filter, ReadBodyTo("endset", opening));
    }

    private MacroStatement ReadMacro(Token opening)
    {
        Token name = ReadName();
        return new MacroStatement(opening.Position, ReadMacroFrom(name.Text, ReadParameters(), "endmacro", opening));
    }

    private CallStatement ReadCall(Token opening)
    {
        ImmutableArray<(string, Expression?)> parameters = _tokens.Current.IsOperator("(") ? ReadParameters() : [];
        int position = _tokens.Current.Position;
        var call = _expressions.Read() as CallExpression ?? throw new TemplateSyntaxFault("'call' needs a call", position);
        return new CallStatement(opening.Position, call, ReadMacroFrom("caller", parameters, "endcall", opening));
    }

    // Loops outside of a macro are none of its own: break and continue end at its border.
    private Macro ReadMacroFrom(string name, ImmutableArray<(string, Expression?)> parameters, string end, Token opening)
    {
        EndTag();
        int loops = _loops;
        _loops = 0;
        (ImmutableArray<Statement> body, ImmutableHashSet<string> mentions) = _expressions.Mentioning(() => ReadBodyTo(end, opening));
        _loops = loops;
        return new Macro(name, parameters, body, mentions);
    }

    private ImmutableArray<(string, Expression?)> ReadParameters()
    {
        ImmutableArray<(string, Expression?)>.Builder parameters = ImmutableArray.CreateBuilder<(string, Expression?)>();
        _tokens.ExpectOperator("(");
        while (!_tokens.Current.IsOperator(")"))
        {
            Token name = ReadName();
            Expression? value = _tokens.TakeOperator("=") ? _expressions.Read() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Item2 is not null)
                throw new TemplateSyntaxFault($"the parameter '{name.Text}' has no default and stands behind one that has", name.Position);
            parameters.Add((name.Text, value));
            if (!_tokens.TakeOperator(","))
                break;
        }

        _tokens.ExpectOperator(")");
        return parameters.ToImmutable();
    }

    private FilterBlockStatement ReadFilter(Token opening)
    {
        var filter = (FilterExpression)_expressions.ReadFilters(null, startsInline: true)!;
        EndTag();
        return new FilterBlockStatement(opening.Position, filter, ReadBodyTo("endfilter", opening));
    }

    private ScopeStatement ReadWith(Token opening)
    {
        ImmutableArray<(Target, Expression)>.Builder values = ImmutableArray.CreateBuilder<(Target, Expression)>();
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
                _tokens.ExpectOperator(",");
            Token name = ReadName();
            _tokens.ExpectOperator("=");
            values.Add((new NameTarget(name.Position, name.Text), _expressions.Read()));
        }

        EndTag();
        return new ScopeStatement(opening.Position, values.ToImmutable(), ReadBodyTo("endwith", opening));
    }

    private ScopeStatement ReadGeneration(Token opening)
    {
        EndTag();
        return new ScopeStatement(opening.Position, [], ReadBodyTo("endgeneration", opening));
    }

    private PrintStatement ReadPrint(Token opening)
    {
        ImmutableArray<Expression>.Builder values = ImmutableArray.CreateBuilder<Expression>();
        do
            values.Add(_expressions.Read());
        while (_tokens.TakeOperator(","));
        EndTag();
        return new PrintStatement(opening.Position, new ConcatenationExpression(opening.Position, values.ToImmutable()));
    }

    private LoopControlStatement ReadLoopControl(Token opening)
    {
        if (_loops == 0)
            throw new TemplateSyntaxFault($"'{opening.Text}' stands outside of a loop", opening.Position);
        EndTag();
        return new LoopControlStatement(opening.Position, opening.Text == "break");
    }

    private Target ReadTarget(bool withNamespace)
    {
        int position = _tokens.Current.Position;
        ImmutableArray<Target>.Builder items = ImmutableArray.CreateBuilder<Target>();
        bool isTuple = false;
        do
        {
            if (items.Count > 0 && _tokens.Current is { Kind: TokenKind.Operator or TokenKind.BlockEnd, Text: "=" or ")" or "%}" })
                break;
            items.Add(ReadOneTarget(withNamespace));
            isTuple |= _tokens.Current.IsOperator(",");
        }
        while (_tokens.TakeOperator(","));
        return isTuple ? new TupleTarget(position, items.ToImmutable()) : items[0];
    }

    private Target ReadOneTarget(bool withNamespace)
    {
        if (_tokens.TakeOperator("("))
        {
            Target inner = _tokens.Nested(() => ReadTarget(withNamespace));
            _tokens.ExpectOperator(")");
            return inner;
        }

        Token name = ReadName();
        return withNamespace && _tokens.TakeOperator(".")
            ? new AttributeTarget(name.Position, name.Text, _tokens.Expect(TokenKind.Name, "an attribute's name").Text)
            : new NameTarget(name.Position, name.Text);
    }

    private Token ReadName()
    {
        Token name = _tokens.Expect(TokenKind.Name, "a name");
        return Reserved.Contains(name.Text) ? throw new TemplateSyntaxFault($"nothing can be given to '{name.Text}'", name.Position) : name;
    }
}
