using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Python's <c>iter</c> and <c>len</c>.</summary>
internal static class Iteration
{
    /// <summary>The elements of a value; each counts as a step.</summary>
    /// <exception cref="TemplateFault">It has none.</exception>
    public static IEnumerable<TemplateValue> ItemsOf(TemplateValue value, WorkMeter work) => TryItemsOf(value)?.Select(item =>
    {
        work.Step();
        return item;
    }) ?? throw new TemplateFault($"a value of type '{value.TypeName}' cannot be iterated");

    /// <summary>The elements of a value, or null when it cannot be iterated.</summary>
    public static IEnumerable<TemplateValue>? TryItemsOf(TemplateValue value) => value switch
    {
        SequenceValue sequence => sequence.Items,
        MappingValue mapping => mapping.Entries.Select(entry => entry.Key),
        TextValue text => text.Text.EnumerateRunes().Select(rune => text.With(rune.ToString())),
        IteratorValue iterator => iterator.Take(),
        UndefinedValue => [],
        _ => null,
    };

    /// <summary>The number of elements, or null when the value cannot be counted.</summary>
    public static int? TryCount(TemplateValue value, WorkMeter work)
    {
        switch (value)
        {
            case SequenceValue sequence:
                return sequence.Items.Length;
            case MappingValue mapping:
                return mapping.Entries.Length;
            case TextValue text:
                return CodePointIndex.Count(text.Text, work);
            case UndefinedValue:
                return 0;
            default:
                return null;
        }
    }
}
