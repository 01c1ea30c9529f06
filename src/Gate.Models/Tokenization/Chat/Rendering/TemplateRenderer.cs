using System.Collections.Immutable;
using System.Text;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Syntax;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>Writes statements.</summary>
/// <param name="evaluator">Works out the expressions in them.</param>
/// <param name="work">The work of the rendering.</param>
internal sealed class TemplateRenderer(ExpressionEvaluator evaluator, WorkMeter work)
{
    private const int MaximumCalls = 64;
    private int _calls;

    // What a loop does after a statement.
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The text of a template.</summary>
    /// <exception cref="TemplateFault">It asks for something that cannot be done.</exception>
    public string Render(ImmutableArray<Statement> body, Scope scope)
    {
        var output = new StringBuilder();
        Write(body, scope, output);
        return output.ToString();
    }

    private Flow Write(ImmutableArray<Statement> body, Scope scope, StringBuilder output)
    {
        foreach (Statement statement in body)
        {
            evaluator.Position = statement.Position;
            work.Step();
            Flow flow = Write(statement, scope, output);
            if (flow != Flow.Next)
                return flow;
        }

        return Flow.Next;
    }

    private Flow Write(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case DataStatement data:
                Append(data.Text, output);
                return Flow.Next;
            case PrintStatement print:
                TemplateValue value = evaluator.Evaluate(print.Value, scope);
                Append(TextForm.Of(value, work), output);
                return Flow.Next;
            case IfStatement branches:
                foreach ((Expression? condition, ImmutableArray<Statement> body) in branches.Branches)
                {
                    if (condition is null || evaluator.Evaluate(condition, scope).IsTrue)
                        return Write(body, scope, output);
                }

                return Flow.Next;
            case ForStatement loop:
                return WriteLoop(loop, scope, output);
            case SetStatement set:
                Assign(set.Target, evaluator.Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case SetBlockStatement set:
                TemplateValue text = Captured(set.Body, scope);
                Assign(set.Target, set.Filter is { } filter ? Filtered(filter, text, scope) : text, scope);
                return Flow.Next;
            case FilterBlockStatement filtered:
                Append(TextForm.Of(Filtered(filtered.Filter, Captured(filtered.Body, scope), scope), work), output);
                return Flow.Next;
            case MacroStatement macro:
                scope.Set(macro.Macro.Name, Callable(macro.Macro, scope));
                return Flow.Next;
            case CallStatement call:
                var caller = new CallArguments([], [KeyValuePair.Create<string, TemplateValue>("caller", Callable(call.Caller, scope))]);
                Append(TextForm.Of(evaluator.Call(call.Call, caller, scope), work), output);
                return Flow.Next;
            case ScopeStatement block:
                return WriteBlock(block, scope, output);
            case LoopControlStatement control:
                return control.IsBreak ? Flow.Break : Flow.Continue;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} is not rendered");
        }
    }

    private Flow WriteLoop(ForStatement loop, Scope scope, StringBuilder output)
    {
        TemplateValue collection = evaluator.Evaluate(loop.Items, scope);
        evaluator.Position = loop.Position;
        List<TemplateValue> items = [.. Iteration.ItemsOf(collection, work)];
        if (loop.Filter is { } filter)
            items = [.. items.Where(item => evaluator.Evaluate(filter, Iterated(loop, item, scope)).IsTrue)];
        if (items.Count == 0)
            return Write(loop.Else, new Scope(scope), output);
        var state = new LoopValue(items, work);
        Flow flow = Flow.Next;
        for (int i = 0; i < items.Count && flow != Flow.Break; i++)
        {
            state.Index = i;
            Scope iteration = Iterated(loop, items[i], scope);
            iteration.Set("loop", state);
            flow = Write(loop.Body, iteration, output);
        }

        return Flow.Next;
    }

    private Scope Iterated(ForStatement loop, TemplateValue item, Scope scope)
    {
        var iteration = new Scope(scope);
        evaluator.Position = loop.Target.Position;
        Assign(loop.Target, item, iteration);
        return iteration;
    }

    private Flow WriteBlock(ScopeStatement block, Scope scope, StringBuilder output)
    {
        var inner = new Scope(scope);
        foreach ((Target target, Expression value) in block.Values)
            Assign(target, evaluator.Evaluate(value, scope), inner);
        return Write(block.Body, inner, output);
    }

    private TextValue Captured(ImmutableArray<Statement> body, Scope scope)
    {
        var text = new StringBuilder();
        Write(body, new Scope(scope), text);
        return new TextValue(text.ToString());
    }

    // The innermost filter of a chain has no input of its own: it takes what the tag gives.
    private TemplateValue Filtered(FilterExpression filter, TemplateValue text, Scope scope) =>
        evaluator.Filter(filter, filter.Input is FilterExpression inner ? Filtered(inner, text, scope) : text, scope);

    private void Assign(Target target, TemplateValue value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case AttributeTarget attribute:
                evaluator.Position = attribute.Position;
                NamespaceValue space = scope.Find(attribute.Namespace) as NamespaceValue
                    ?? throw new TemplateFault($"'{attribute.Namespace}' is no namespace, so its attribute '{attribute.Attribute}' cannot be set");
                space.Set(attribute.Attribute, value);
                break;
            case TupleTarget tuple:
                evaluator.Position = tuple.Position;
                TemplateValue[] parts = [.. Iteration.ItemsOf(value, work)];
                if (parts.Length != tuple.Items.Length)
                    throw new TemplateFault($"{tuple.Items.Length} names take a value apart that has {parts.Length} parts");
                foreach ((Target item, TemplateValue part) in tuple.Items.Zip(parts))
                    Assign(item, part, scope);
                break;
        }
    }

    private CallableValue Callable(Macro macro, Scope scope) => new(macro.Name, arguments =>
    {
        if (++_calls > MaximumCalls)
            throw new WorkLimitFault($"macros call each other more than {MaximumCalls} deep");
        var output = new StringBuilder();
        Write(macro.Body, Parameters(macro, arguments, scope), output);
        _calls--;
        return new TextValue(output.ToString());
    });

    private Scope Parameters(Macro macro, CallArguments arguments, Scope outer)
    {
        var scope = new Scope(outer);
        Dictionary<string, TemplateValue> named = [];
        foreach ((string name, TemplateValue value) in arguments.Named)
        {
            if (!named.TryAdd(name, value))
                throw new TemplateFault($"the macro '{macro.Name}' is given '{name}' twice");
        }

        for (int i = 0; i < macro.Parameters.Length; i++)
        {
            (string name, Expression? missing) = macro.Parameters[i];
            TemplateValue? given = i < arguments.Positional.Length ? arguments.Positional[i] : null;
            if (named.Remove(name, out TemplateValue? byName))
                given = given is null ? byName : throw new TemplateFault($"the macro '{macro.Name}' is given '{name}' twice");
            scope.Set(name, given ?? (missing is null ? new UndefinedValue($"the parameter '{name}' was not provided") : evaluator.Evaluate(missing, scope)));
        }

        if (macro.Mentions.Contains("caller") && macro.Name != "caller")
            scope.Set("caller", named.Remove("caller", out TemplateValue? caller) ? caller : new UndefinedValue("no caller is defined"));
        if (macro.Mentions.Contains("kwargs"))
        {
            scope.Set("kwargs", MappingValue.Of(named));
            named.Clear();
        }

        if (named.Count > 0)
            throw new TemplateFault($"the macro '{macro.Name}' has no parameter '{named.Keys.Order(StringComparer.Ordinal).First()}'");
        if (macro.Mentions.Contains("varargs"))
            scope.Set("varargs", SequenceValue.Tuple(arguments.Positional.Skip(macro.Parameters.Length)));
        else if (arguments.Positional.Length > macro.Parameters.Length)
            throw new TemplateFault($"the macro '{macro.Name}' takes at most {macro.Parameters.Length} arguments, found {arguments.Positional.Length}");
        return scope;
    }

    private void Append(string text, StringBuilder output)
    {
        work.Write(text.Length);
        if (output.Length + text.Length > WorkMeter.MaximumCharacters)
            work.Write((long)output.Length + text.Length);
        output.Append(text);
    }
}
