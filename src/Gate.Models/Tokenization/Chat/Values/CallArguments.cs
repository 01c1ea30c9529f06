using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Chat.Values;

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
internal sealed record CallArguments(ImmutableArray<TemplateValue> Positional, ImmutableArray<KeyValuePair<string, TemplateValue>> Named)
{
    /// <summary>None.</summary>
    public static CallArguments None { get; } = new([], []);

    /// <summary>The same without the first positional ones.</summary>
    public CallArguments Skip(int count) => this with { Positional = [.. Positional.Skip(count)] };

    /// <summary>A named argument, or null.</summary>
    public TemplateValue? Find(string name)
    {
        foreach (KeyValuePair<string, TemplateValue> argument in Named)
        {
            if (argument.Key == name)
                return argument.Value;
        }

        return null;
    }

    /// <summary>The arguments in the order of a function's parameters, null where none was given.</summary>
    /// <param name="function">The function's name, for messages.</param>
    /// <param name="required">How many of the parameters must be given.</param>
    /// <param name="parameters">The parameters' names.</param>
    /// <exception cref="TemplateFault">Too many, too few, unknown or given twice.</exception>
    public BoundArguments Bind(string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Length > parameters.Length)
            throw new TemplateFault($"'{function}' takes at most {parameters.Length} arguments, found {Positional.Length}");
        var bound = new TemplateValue?[parameters.Length];
        for (int i = 0; i < Positional.Length; i++)
            bound[i] = Positional[i];
        foreach (KeyValuePair<string, TemplateValue> argument in Named)
        {
            int place = parameters.IndexOf(argument.Key);
            if (place < 0)
                throw new TemplateFault($"'{function}' has no parameter '{argument.Key}'");
            if (bound[place] is not null)
                throw new TemplateFault($"'{function}' is given '{argument.Key}' twice");
            bound[place] = argument.Value;
        }

        for (int i = 0; i < required; i++)
        {
            if (bound[i] is null)
                throw new TemplateFault($"'{function}' needs the argument '{parameters[i]}'");
        }

        return new BoundArguments(function, bound);
    }
}

/// <summary>Arguments by the place of their parameters.</summary>
/// <param name="Function">The function's name, for messages.</param>
/// <param name="Values">The arguments, null where none was given.</param>
internal readonly record struct BoundArguments(string Function, TemplateValue?[] Values)
{
    /// <summary>An argument, or null.</summary>
    public TemplateValue? this[int place] => Values[place];

    /// <summary>An argument that must be a text.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="missing">What counts when it was not given.</param>
    public string Text(int place, string? missing = null) => Values[place] switch
    {
        TextValue text => text.Text,
        null when missing is not null => missing,
        var other => throw new TemplateFault($"'{Function}': expected a text as argument {place + 1}, found {other?.TypeName ?? "none"}"),
    };

    /// <summary>An argument that must be a whole number.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="missing">What counts when it was not given.</param>
    public long Integer(int place, long? missing = null) => Values[place] switch
    {
        IntegerValue integer => integer.Value,
        BooleanValue boolean => boolean.Value ? 1 : 0,
        null when missing is { } value => value,
        var other => throw new TemplateFault($"'{Function}': expected a whole number as argument {place + 1}, found {other?.TypeName ?? "none"}"),
    };

    /// <summary>Whether an argument is given and true.</summary>
    public bool IsTrue(int place) => Values[place] is { IsTrue: true };
}
