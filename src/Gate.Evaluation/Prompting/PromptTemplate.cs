using System.Collections.Immutable;
using System.Text;
using Gate.Diagnostics;
using Gate.Evaluation.Sources;

namespace Gate.Evaluation.Prompting;

/// <summary>A text with <c>{field}</c> placeholders (<see cref="FieldExpression"/>); <c>{{</c> and <c>}}</c> stand for single braces.</summary>
internal sealed class PromptTemplate
{
    private readonly ImmutableArray<(bool IsField, string Text)> _parts;

    private PromptTemplate(ImmutableArray<(bool IsField, string Text)> parts) => _parts = parts;

    /// <summary>Names of the placeholders, each once, in order of appearance.</summary>
    public IEnumerable<string> Fields => _parts.Where(part => part.IsField).Select(part => part.Text).Distinct(StringComparer.Ordinal);

    /// <summary>Splits a template.</summary>
    /// <param name="template">Its text.</param>
    /// <param name="location">Where it stands, for the message.</param>
    /// <exception cref="GateException">Exit 2: a brace without partner, or an empty placeholder.</exception>
    public static PromptTemplate Parse(string template, SourceLocation? location)
    {
        ImmutableArray<(bool IsField, string Text)>.Builder parts = ImmutableArray.CreateBuilder<(bool IsField, string Text)>();
        StringBuilder literal = new();
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if (c is not ('{' or '}'))
            {
                literal.Append(c);
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == c)
            {
                literal.Append(c);
                i++;
                continue;
            }

            int end = c == '{' ? template.IndexOfAny(['{', '}'], i + 1) : -1;
            if (end < 0 || template[end] != '}' || end == i + 1)
            {
                throw GateException.Usage(
                    "GATE5006", $"the prompt's '{c}' at character {i + 1} is not part of a placeholder such as {{question}}", location,
                    "name a field between { and }, or write {{ and }} for braces that the model shall see");
            }

            if (literal.Length > 0)
                parts.Add((false, literal.ToString()));
            literal.Clear();
            parts.Add((true, FieldExpression.Parse(template[(i + 1)..end], location).Text));
            i = end;
        }

        if (literal.Length > 0)
            parts.Add((false, literal.ToString()));
        return new PromptTemplate(parts.ToImmutable());
    }

    /// <summary>The values that fill the placeholders, in order of appearance, without the frame around them; the frame itself where there is no placeholder.</summary>
    public string Values(Func<string, string> valueOf) => Fields.Any() ? string.Join('\n', Fields.Select(valueOf)) : Render(valueOf);

    /// <summary>The prompt with every placeholder replaced by what <paramref name="valueOf"/> gives for its name.</summary>
    public string Render(Func<string, string> valueOf) => string.Concat(_parts.Select(part => part.IsField ? valueOf(part.Text) : part.Text));
}
