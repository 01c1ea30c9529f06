using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>A part of a template that writes or changes something.</summary>
/// <param name="Position">Its offset in the template.</param>
internal abstract record Statement(int Position);

/// <summary>Text written as it stands.</summary>
internal sealed record DataStatement(int Position, string Text) : Statement(Position);

/// <summary><c>{{ value }}</c>.</summary>
internal sealed record PrintStatement(int Position, Expression Value) : Statement(Position);

/// <summary><c>{% if %}</c> with all its branches; the condition of <c>else</c> is null.</summary>
internal sealed record IfStatement(int Position, ImmutableArray<(Expression? Condition, ImmutableArray<Statement> Body)> Branches) : Statement(Position);

/// <summary><c>{% for %}</c>.</summary>
internal sealed record ForStatement(
    int Position, Target Target, Expression Items, Expression? Filter, ImmutableArray<Statement> Body, ImmutableArray<Statement> Else) : Statement(Position);

/// <summary><c>{% set a = b %}</c>.</summary>
internal sealed record SetStatement(int Position, Target Target, Expression Value) : Statement(Position);

/// <summary><c>{% set a %}…{% endset %}</c>.</summary>
internal sealed record SetBlockStatement(int Position, Target Target, FilterExpression? Filter, ImmutableArray<Statement> Body) : Statement(Position);

/// <summary><c>{% filter name %}…{% endfilter %}</c>.</summary>
internal sealed record FilterBlockStatement(int Position, FilterExpression Filter, ImmutableArray<Statement> Body) : Statement(Position);

/// <summary><c>{% macro %}</c>.</summary>
internal sealed record MacroStatement(int Position, Macro Macro) : Statement(Position);

/// <summary><c>{% call %}</c>: a call whose <c>caller</c> is the body.</summary>
internal sealed record CallStatement(int Position, CallExpression Call, Macro Caller) : Statement(Position);

/// <summary><c>{% with %}</c> and, without values, <c>{% generation %}</c>: a body with names of its own.</summary>
internal sealed record ScopeStatement(int Position, ImmutableArray<(Target Target, Expression Value)> Values, ImmutableArray<Statement> Body) : Statement(Position);

/// <summary><c>{% break %}</c> and <c>{% continue %}</c>.</summary>
internal sealed record LoopControlStatement(int Position, bool IsBreak) : Statement(Position);

/// <summary>A macro, or the body of a <c>call</c>.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Parameters">Its parameters with their defaults.</param>
/// <param name="Body">What it writes.</param>
/// <param name="Mentions">Names its body mentions: <c>caller</c>, <c>varargs</c> and <c>kwargs</c> are given to a macro that does.</param>
internal sealed record Macro(
    string Name, ImmutableArray<(string Name, Expression? Default)> Parameters, ImmutableArray<Statement> Body, ImmutableHashSet<string> Mentions);

/// <summary>What a value is given to.</summary>
/// <param name="Position">Its offset in the template.</param>
internal abstract record Target(int Position);

/// <summary>A variable.</summary>
internal sealed record NameTarget(int Position, string Name) : Target(Position);

/// <summary>An attribute of a namespace.</summary>
internal sealed record AttributeTarget(int Position, string Namespace, string Attribute) : Target(Position);

/// <summary>Several, which take a value apart.</summary>
internal sealed record TupleTarget(int Position, ImmutableArray<Target> Items) : Target(Position);
