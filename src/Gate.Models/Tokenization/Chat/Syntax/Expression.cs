using System.Collections.Immutable;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>A part of a template that has a value.</summary>
/// <param name="Position">Its offset in the template.</param>
internal abstract record Expression(int Position);

/// <summary>A literal.</summary>
internal sealed record LiteralExpression(int Position, TemplateValue Value) : Expression(Position);

/// <summary>A variable.</summary>
internal sealed record NameExpression(int Position, string Name) : Expression(Position);

/// <summary>A list or tuple.</summary>
internal sealed record SequenceExpression(int Position, SequenceKind Kind, ImmutableArray<Expression> Items) : Expression(Position);

/// <summary>A mapping.</summary>
internal sealed record MappingExpression(int Position, ImmutableArray<(Expression Key, Expression Value)> Entries) : Expression(Position);

/// <summary><c>a.b</c>: an attribute, else a key.</summary>
internal sealed record AttributeExpression(int Position, Expression Target, string Name) : Expression(Position);

/// <summary><c>a[b]</c>: a key, else an attribute.</summary>
internal sealed record ItemExpression(int Position, Expression Target, Expression Key) : Expression(Position);

/// <summary><c>a[b:c:d]</c>.</summary>
internal sealed record SliceExpression(int Position, Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression(Position);

/// <summary>A call.</summary>
internal sealed record CallExpression(int Position, Expression Function, ArgumentList Arguments) : Expression(Position);

/// <summary><c>a | name(…)</c>; the input is null where the tag gives it (<c>{% filter %}</c>, block <c>set</c>).</summary>
internal sealed record FilterExpression(int Position, Expression? Input, string Name, ArgumentList Arguments) : Expression(Position);

/// <summary><c>a is name(…)</c>.</summary>
internal sealed record TestExpression(int Position, Expression Input, string Name, ArgumentList Arguments) : Expression(Position);

/// <summary><c>a if b else c</c>; without <c>else</c>, undefined.</summary>
internal sealed record ConditionalExpression(int Position, Expression Condition, Expression Then, Expression? Else) : Expression(Position);

/// <summary><c>and</c> and <c>or</c>.</summary>
internal sealed record LogicalExpression(int Position, bool IsAnd, Expression Left, Expression Right) : Expression(Position);

/// <summary><c>not</c>.</summary>
internal sealed record NotExpression(int Position, Expression Operand) : Expression(Position);

/// <summary>A sign.</summary>
internal sealed record SignExpression(int Position, bool IsNegative, Expression Operand) : Expression(Position);

/// <summary>Arithmetic.</summary>
internal sealed record ArithmeticExpression(int Position, string Operator, Expression Left, Expression Right) : Expression(Position);

/// <summary><c>~</c>.</summary>
internal sealed record ConcatenationExpression(int Position, ImmutableArray<Expression> Parts) : Expression(Position);

/// <summary>Comparisons, chained as in Python; the operators include <c>in</c> and <c>not in</c>.</summary>
internal sealed record ComparisonExpression(int Position, Expression First, ImmutableArray<(string Operator, Expression Operand)> Rest) : Expression(Position);

/// <summary>The arguments of a call as written.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
/// <param name="Spread">What follows <c>*</c>, or null.</param>
/// <param name="SpreadNamed">What follows <c>**</c>, or null.</param>
internal sealed record ArgumentList(
    ImmutableArray<Expression> Positional, ImmutableArray<(string Name, Expression Value)> Named, Expression? Spread, Expression? SpreadNamed)
{
    /// <summary>None.</summary>
    public static ArgumentList None { get; } = new([], [], null, null);
}
