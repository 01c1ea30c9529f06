using System.Globalization;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Python's <c>json.dumps</c>, which the Hugging Face renderer has in the place of Jinja's own <c>tojson</c>.</summary>
/// <param name="IsAscii">Whether everything beyond ASCII is escaped.</param>
/// <param name="Indentation">What one level is indented by, or null for one line.</param>
/// <param name="ItemSeparator">What stands between elements.</param>
/// <param name="KeySeparator">What stands between key and value.</param>
/// <param name="SortKeys">Whether the keys of a mapping are sorted.</param>
internal sealed record JsonForm(bool IsAscii, string? Indentation, string ItemSeparator, string KeySeparator, bool SortKeys)
{
    /// <summary>The text of a value.</summary>
    /// <exception cref="TemplateFault">Something in it has no form in JSON.</exception>
    public string Of(TemplateValue value, WorkMeter work)
    {
        var result = new StringBuilder();
        Write(value, 0, result, work);
        return result.ToString();
    }

    private void Write(TemplateValue value, int level, StringBuilder result, WorkMeter work)
    {
        work.Step();
        if (result.Length > WorkMeter.MaximumCharacters)
            work.Write(result.Length);
        switch (value)
        {
            case SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } list:
                WriteParts([.. list.Items.Select(item => ((string?)null, item))], "[", "]", level, result, work);
                break;
            case MappingValue mapping:
                IEnumerable<(string? Key, TemplateValue Value)> entries = mapping.Entries.Select(entry => ((string?)KeyOf(entry.Key), entry.Value));
                if (SortKeys)
                    entries = entries.OrderBy(entry => entry.Key, Comparer<string?>.Create((left, right) => Comparison.CompareTexts(left!, right!)));
                WriteParts([.. entries], "{", "}", level, result, work);
                break;
            case TextValue text:
                Quote(text.Text, result, work);
                break;
            default:
                result.Append(ScalarOf(value) ?? throw new TemplateFault($"a value of type '{value.TypeName}' has no form in JSON"));
                break;
        }
    }

    private void WriteParts(
        IReadOnlyList<(string? Key, TemplateValue Value)> parts, string open, string close, int level, StringBuilder result, WorkMeter work)
    {
        result.Append(open);
        for (int i = 0; i < parts.Count; i++)
        {
            if (i > 0)
                result.Append(ItemSeparator);
            NewLine(level + 1, result, work);
            if (parts[i].Key is { } key)
            {
                Quote(key, result, work);
                result.Append(KeySeparator);
            }

            Write(parts[i].Value, level + 1, result, work);
        }

        if (parts.Count > 0)
            NewLine(level, result, work);
        result.Append(close);
    }

    private void NewLine(int level, StringBuilder result, WorkMeter work)
    {
        if (Indentation is null)
            return;
        work.Write((long)Indentation.Length * level);
        result.Append('\n');
        for (int i = 0; i < level; i++)
            result.Append(Indentation);
    }

    private static string? ScalarOf(TemplateValue value) => value switch
    {
        NoneValue => "null",
        BooleanValue boolean => boolean.Value ? "true" : "false",
        IntegerValue integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatValue { Value: var number } => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : NumberForm.Of(number),
        _ => null,
    };

    private static string KeyOf(TemplateValue key) => (key as TextValue)?.Text ?? ScalarOf(key)!;

    private void Quote(string text, StringBuilder result, WorkMeter work)
    {
        work.Write(text.Length);
        result.Append('"');
        foreach (char unit in text)
        {
            _ = unit switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\f' => result.Append("\\f"),
                '\b' => result.Append("\\b"),
                < ' ' => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                > '~' when IsAscii && unit != '\u007F' => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => result.Append(unit),
            };
        }

        result.Append('"');
    }
}
