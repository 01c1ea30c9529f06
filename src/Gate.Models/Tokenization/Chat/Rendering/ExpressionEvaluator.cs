using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Gate.Models.Tokenization.Chat.Filters;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Syntax;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>Works out the values of expressions.</summary>
/// <param name="work">The work of the rendering.</param>
internal sealed class ExpressionEvaluator(WorkMeter work)
{
    /// <summary>The offset of what is being worked out, for a message about it.</summary>
    public int Position { get; set; }

    /// <summary>The value of an expression.</summary>
    /// <exception cref="TemplateFault">It has none.</exception>
    public TemplateValue Evaluate(Expression expression, Scope scope)
    {
        work.Step();
        Position = expression.Position;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new WorkLimitFault("the template nests its calls too deeply");
        return expression switch
        {
            LiteralExpression literal => literal.Value,
            NameExpression name => scope.Find(name.Name) ?? new UndefinedValue($"'{name.Name}' is undefined"),
            SequenceExpression sequence => new SequenceValue(sequence.Kind, [.. sequence.Items.Select(item => Evaluate(item, scope))]),
            MappingExpression mapping => At(mapping, new MappingValue(
                [.. mapping.Entries.Select(entry => KeyValuePair.Create(Evaluate(entry.Key, scope), Evaluate(entry.Value, scope)))])),
            AttributeExpression attribute => Access.Attribute(Operand(attribute, attribute.Target, scope), attribute.Name, work),
            ItemExpression item => Item(item, scope),
            SliceExpression slice => Slice(slice, scope),
            CallExpression call => Call(call, CallArguments.None, scope),
            FilterExpression filter => Filter(filter, Evaluate(filter.Input!, scope), scope),
            TestExpression test => Test(test, scope),
            ConditionalExpression conditional => Evaluate(conditional.Condition, scope).IsTrue ? Evaluate(conditional.Then, scope)
                : conditional.Else is { } otherwise ? Evaluate(otherwise, scope)
                : new UndefinedValue("the inline if-expression has no else section, and its condition is false"),
            LogicalExpression logical => Evaluate(logical.Left, scope) is var left && left.IsTrue == logical.IsAnd ? Evaluate(logical.Right, scope) : left,
            NotExpression not => BooleanValue.Of(!Evaluate(not.Operand, scope).IsTrue),
            SignExpression sign => Arithmetic.Sign(sign.IsNegative, Operand(sign, sign.Operand, scope)),
            ArithmeticExpression arithmetic => Arithmetics(arithmetic, scope),
            ConcatenationExpression concatenation => Concatenate(concatenation, scope),
            ComparisonExpression comparison => Compare(comparison, scope),
            _ => throw new InvalidOperationException($"{expression.GetType().Name} is not evaluated"),
        };
    }

    /// <summary>The result of a call, with arguments besides those it is written with.</summary>
    public TemplateValue Call(CallExpression call, CallArguments additional, Scope scope)
    {
        TemplateValue function = Evaluate(call.Function, scope);
        CallArguments arguments = Arguments(call.Arguments, scope);
        Position = call.Position;
        return function switch
        {
            CallableValue callable => callable.Call(arguments with { Named = [.. arguments.Named, .. additional.Named] }),
            UndefinedValue undefined => throw undefined.Fault,
            _ => throw new TemplateFault($"a value of type '{function.TypeName}' cannot be called"),
        };
    }

    /// <summary>The result of a filter on an input, and of those the filter itself is applied to.</summary>
    public TemplateValue Filter(FilterExpression filter, TemplateValue input, Scope scope)
    {
        CallArguments arguments = Arguments(filter.Arguments, scope);
        Position = filter.Position;
        return FilterTable.Apply(new FilterCall(filter.Name, input, arguments, work));
    }

    private TemplateValue Operand(Expression of, Expression operand, Scope scope) => At(of, Evaluate(operand, scope));

    private TemplateValue At(Expression of, TemplateValue value)
    {
        Position = of.Position;
        return value;
    }

    private TemplateValue Item(ItemExpression item, Scope scope)
    {
        TemplateValue target = Evaluate(item.Target, scope);
        return Access.Item(target, Operand(item, item.Key, scope), work);
    }

    private TemplateValue Slice(SliceExpression slice, Scope scope)
    {
        TemplateValue target = Evaluate(slice.Target, scope);
        TemplateValue[] bounds = [.. new[] { slice.Start, slice.Stop, slice.Step }.Select(bound => bound is null ? NoneValue.Instance : Evaluate(bound, scope))];
        Position = slice.Position;
        return Access.Slice(target, bounds[0], bounds[1], bounds[2], work);
    }

    private BooleanValue Test(TestExpression test, Scope scope)
    {
        TemplateValue input = Evaluate(test.Input, scope);
        CallArguments arguments = Arguments(test.Arguments, scope);
        Position = test.Position;
        return BooleanValue.Of(TestTable.Holds(new FilterCall(test.Name, input, arguments, work)));
    }

    private TemplateValue Arithmetics(ArithmeticExpression arithmetic, Scope scope)
    {
        TemplateValue left = Evaluate(arithmetic.Left, scope);
        return Arithmetic.Apply(arithmetic.Operator, left, Operand(arithmetic, arithmetic.Right, scope), work);
    }

    private TextValue Concatenate(ConcatenationExpression concatenation, Scope scope)
    {
        var text = new StringBuilder();
        foreach (Expression part in concatenation.Parts)
        {
            text.Append(TextForm.Of(Evaluate(part, scope), work));
            work.Write(text.Length);
        }

        return new TextValue(text.ToString());
    }

    private BooleanValue Compare(ComparisonExpression comparison, Scope scope)
    {
        TemplateValue left = Evaluate(comparison.First, scope);
        foreach ((string sign, Expression operand) in comparison.Rest)
        {
            TemplateValue right = Operand(comparison, operand, scope);
            if (!Holds(sign, left, right))
                return BooleanValue.False;
            left = right;
        }

        return BooleanValue.True;
    }

    private bool Holds(string sign, TemplateValue left, TemplateValue right) => sign switch
    {
        "==" => Comparison.AreEqual(left, right, work),
        "!=" => !Comparison.AreEqual(left, right, work),
        "in" => Comparison.Contains(right, left, work),
        "not in" => !Comparison.Contains(right, left, work),
        "<" => Comparison.Compare(left, right, work) < 0,
        "<=" => Comparison.Compare(left, right, work) <= 0,
        ">" => Comparison.Compare(left, right, work) > 0,
        _ => Comparison.Compare(left, right, work) >= 0,
    };

    private CallArguments Arguments(ArgumentList list, Scope scope)
    {
        if (ReferenceEquals(list, ArgumentList.None))
            return CallArguments.None;
        IEnumerable<TemplateValue> positional = list.Positional.Select(argument => Evaluate(argument, scope));
        if (list.Spread is { } spread)
            positional = positional.Concat(Iteration.ItemsOf(Evaluate(spread, scope), work));
        ImmutableArray<TemplateValue> given = [.. positional];
        IEnumerable<KeyValuePair<string, TemplateValue>> named = list.Named.Select(argument => KeyValuePair.Create(argument.Name, Evaluate(argument.Value, scope)));
        if (list.SpreadNamed is { } spreadNamed)
        {
            MappingValue mapping = Evaluate(spreadNamed, scope) as MappingValue ?? throw new TemplateFault("'**' needs a mapping");
            named = named.Concat(mapping.Entries.Select(entry =>
                KeyValuePair.Create((entry.Key as TextValue)?.Text ?? throw new TemplateFault("'**' needs a mapping with texts as keys"), entry.Value)));
        }

        return new CallArguments(given, [.. named]);
    }
}
