using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Tokenization.Chat.Filters;
using Gate.Models.Tokenization.Chat.Syntax;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Rendering;

/// <summary>A template, read and ready to be rendered. It can be rendered from several threads.</summary>
internal sealed class CompiledTemplate
{
    private const string NotJinja = "take the template from the model's release again, or correct it at the place named";
    private const string NotKnown = "ask the tasks as plain prompts ('suite.chat': \"off\"), or write the template without this construct";

    private static readonly TemplateVocabulary Vocabulary = new(FilterTable.Names, TestTable.Names);

    private readonly TemplateSource _source;
    private readonly ImmutableArray<Statement> _body;

    private CompiledTemplate(TemplateSource source, ImmutableArray<Statement> body) => (_source, _body) = (source, body);

    /// <summary>Reads a template.</summary>
    /// <exception cref="GateException">Exit 4: GATE3201 (not Jinja), GATE3202 (a construct outside of what Gate knows).</exception>
    public static CompiledTemplate Compile(TemplateSource source)
    {
        try
        {
            return new CompiledTemplate(source, TemplateParser.Parse(source.Text, Vocabulary));
        }
        catch (TemplateSyntaxFault fault)
        {
            throw source.Refuse(fault.IsUnknown ? "GATE3202" : "GATE3201", fault.Message, fault.Position, fault.IsUnknown ? NotKnown : NotJinja);
        }
    }

    /// <summary>The text for the given variables.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="today">What the template takes for today.</param>
    /// <exception cref="GateException">Exit 4: GATE3202 (a construct outside of what Gate knows), GATE3203 (an error of the template or its own refusal), GATE3204 (too
    /// much work).</exception>
    public string Render(IEnumerable<KeyValuePair<string, TemplateValue>> variables, DateOnly today)
    {
        var work = new WorkMeter();
        var evaluator = new ExpressionEvaluator(work);
        var given = new Scope(GlobalFunctions.Scope(today, work));
        foreach ((string name, TemplateValue value) in variables)
            given.Set(name, value);
        try
        {
            return new TemplateRenderer(evaluator, work).Render(_body, new Scope(given));
        }
        catch (TemplateFault fault)
        {
            (string code, string remedy) = fault switch
            {
                WorkLimitFault => ("GATE3204", "take the template from the model's release again; no real one needs that much"),
                UnknownConstructFault => ("GATE3202", NotKnown),
                _ => ("GATE3203", "ask the tasks as plain prompts ('suite.chat': \"off\"), or take the template from the model's release again"),
            };
            throw _source.Refuse(code, fault.Message, evaluator.Position, remedy);
        }
    }
}
