using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>The variables of a template, an iteration of a loop, a macro or a block; what is not here is looked for outside.</summary>
/// <param name="outer">The scope around it, or null.</param>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, TemplateValue> _variables = new(StringComparer.Ordinal);

    /// <summary>The value of a variable, or null.</summary>
    public TemplateValue? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out TemplateValue? value))
                return value;
        }

        return null;
    }

    /// <summary>Gives a variable of this scope a value.</summary>
    public void Set(string name, TemplateValue value) => _variables[name] = value;

    private Scope? Outer => outer;
}
