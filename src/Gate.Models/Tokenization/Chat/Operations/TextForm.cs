using System.Globalization;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Python's <c>str</c> and <c>repr</c>.</summary>
internal static class TextForm
{
    /// <summary>What is printed for a value.</summary>
    /// <exception cref="TemplateFault">A value whose text would name a place in memory.</exception>
    public static string Of(TemplateValue value, WorkMeter work) => value switch
    {
        TextValue text => text.Text,
        UndefinedValue => "",
        _ => RepresentationOf(value, work),
    };

    /// <summary><c>repr</c>.</summary>
    public static string RepresentationOf(TemplateValue value, WorkMeter work)
    {
        var result = new StringBuilder();
        Represent(value, result, work);
        return result.ToString();
    }

    private static void Represent(TemplateValue value, StringBuilder result, WorkMeter work)
    {
        work.Step();
        switch (value)
        {
            case NoneValue:
                result.Append("None");
                break;
            case UndefinedValue:
                result.Append("Undefined");
                break;
            case BooleanValue boolean:
                result.Append(boolean.Value ? "True" : "False");
                break;
            case IntegerValue integer:
                result.Append(CultureInfo.InvariantCulture, $"{integer.Value}");
                break;
            case FloatValue number:
                result.Append(NumberForm.Of(number.Value));
                break;
            case TextValue text:
                Quote(text, result, work);
                break;
            case SequenceValue { Kind: SequenceKind.Range } range:
                RepresentRange(range, result);
                break;
            case SequenceValue sequence:
                RepresentSequence(sequence, result, work);
                break;
            case MappingValue mapping:
                RepresentMapping(mapping, result, work);
                break;
            default:
                throw new TemplateFault($"a value of type '{value.TypeName}' has no text that is always the same; printing it is refused");
        }

        if (result.Length > WorkMeter.MaximumCharacters)
            work.Write(result.Length);
    }

    private static void RepresentSequence(SequenceValue sequence, StringBuilder result, WorkMeter work)
    {
        bool isView = sequence.Kind is SequenceKind.Keys or SequenceKind.Values or SequenceKind.Items;
        if (isView)
            result.Append(sequence.TypeName).Append('(');
        result.Append(sequence.Kind == SequenceKind.Tuple ? '(' : '[');
        for (int i = 0; i < sequence.Items.Length; i++)
        {
            if (i > 0)
                result.Append(", ");
            Represent(sequence.Items[i], result, work);
        }

        if (sequence.Kind == SequenceKind.Tuple && sequence.Items.Length == 1)
            result.Append(',');
        result.Append(sequence.Kind == SequenceKind.Tuple ? ')' : ']');
        if (isView)
            result.Append(')');
    }

    private static void RepresentRange(SequenceValue range, StringBuilder result)
    {
        long[] values = [.. range.Items.Take(2).Select(item => ((IntegerValue)item).Value)];
        if (values.Length < 2 || values[1] != values[0] + 1)
            throw new TemplateFault("printing a range with steps is refused; make it a list");
        result.Append(CultureInfo.InvariantCulture, $"range({values[0]}, {values[0] + range.Items.Length})");
    }

    private static void RepresentMapping(MappingValue mapping, StringBuilder result, WorkMeter work)
    {
        result.Append('{');
        for (int i = 0; i < mapping.Entries.Length; i++)
        {
            if (i > 0)
                result.Append(", ");
            Represent(mapping.Entries[i].Key, result, work);
            result.Append(": ");
            Represent(mapping.Entries[i].Value, result, work);
        }

        result.Append('}');
    }

    private static void Quote(TextValue text, StringBuilder result, WorkMeter work)
    {
        work.Write(text.Text.Length);
        char quote = text.Text.Contains('\'', StringComparison.Ordinal) && !text.Text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        if (text.IsMarkup)
            result.Append("Markup(");
        result.Append(quote);
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            result.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var unit when unit == quote => $"\\{quote}",
                _ when IsPrintable(rune) => rune.ToString(),
                <= 0xFF => $"\\x{rune.Value:x2}",
                <= 0xFFFF => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }

        result.Append(quote);
        if (text.IsMarkup)
            result.Append(')');
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
