using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>The application of a filter or test.</summary>
/// <param name="Name">The name it is used under.</param>
/// <param name="Input">What it is applied to.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Work">The work of the rendering.</param>
internal sealed record FilterCall(string Name, TemplateValue Input, CallArguments Arguments, WorkMeter Work)
{
    /// <summary>The input as it prints.</summary>
    public string Text => TextForm.Of(Input, Work);

    /// <summary>The input as a text that keeps the mark of markup.</summary>
    public TextValue SoftText => Input as TextValue ?? new TextValue(Text);

    /// <summary>The elements of the input.</summary>
    public IEnumerable<TemplateValue> Items => Iteration.ItemsOf(Input, Work);

    /// <summary>The arguments by the parameters' names.</summary>
    public BoundArguments Bind(int required, params ReadOnlySpan<string> parameters) => Arguments.Bind(Name, required, parameters);

    /// <summary>The fault of an input the filter does not take.</summary>
    public TemplateFault WrongInput => (Input as UndefinedValue)?.Fault ?? new TemplateFault($"'{Name}' does not take a value of type '{Input.TypeName}'");
}
