using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Python's <c>==</c>, <c>&lt;</c> and <c>in</c>.</summary>
internal static class Comparison
{
    /// <summary>Whether two values are equal; values of kinds that have nothing in common are not.</summary>
    public static bool AreEqual(TemplateValue left, TemplateValue right, WorkMeter work)
    {
        work.Step();
        switch (left, right)
        {
            case (TextValue a, TextValue b):
                work.Write(Math.Min(a.Text.Length, b.Text.Length));
                return a.Text == b.Text;
            case (NoneValue, NoneValue) or (UndefinedValue, UndefinedValue):
                return true;
            case (SequenceValue a, SequenceValue b):
                return a.Kind == b.Kind && a.Items.Length == b.Items.Length && a.Items.Zip(b.Items).All(pair => AreEqual(pair.First, pair.Second, work));
            case (MappingValue a, MappingValue b):
                return a.Entries.Length == b.Entries.Length
                    && a.Entries.All(entry => b.TryFind(entry.Key, out TemplateValue? other) && AreEqual(entry.Value, other, work));
            default:
                return Numbers.Of(left) is { } x && Numbers.Of(right) is { } y ? Numbers.Compare(x, y) == 0 : ReferenceEquals(left, right);
        }
    }

    /// <summary>Below zero, zero or above: how two values stand in order; null when one is not a number.</summary>
    /// <exception cref="TemplateFault">Values that have no order.</exception>
    public static int? Compare(TemplateValue left, TemplateValue right, WorkMeter work)
    {
        work.Step();
        switch (left, right)
        {
            case (UndefinedValue undefined, _):
                throw undefined.Fault;
            case (_, UndefinedValue undefined):
                throw undefined.Fault;
            case (TextValue a, TextValue b):
                work.Write(Math.Min(a.Text.Length, b.Text.Length));
                return CompareTexts(a.Text, b.Text);
            case (SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } a, SequenceValue b) when a.Kind == b.Kind:
                foreach ((TemplateValue x, TemplateValue y) in a.Items.Zip(b.Items))
                {
                    if (!AreEqual(x, y, work))
                        return Compare(x, y, work);
                }

                return a.Items.Length.CompareTo(b.Items.Length);
            default:
                return Numbers.Of(left) is { } first && Numbers.Of(right) is { } second
                    ? Numbers.Compare(first, second)
                    : throw new TemplateFault($"values of the types '{left.TypeName}' and '{right.TypeName}' have no order");
        }
    }

    /// <summary>The order of texts by code point.</summary>
    public static int CompareTexts(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int same = left.AsSpan(0, length).CommonPrefixLength(right);
        if (same == length)
            return left.Length.CompareTo(right.Length);
        // A surrogate stands for a code point above every one that is a single unit.
        bool isHigh = char.IsSurrogate(left[same]);
        return isHigh == char.IsSurrogate(right[same]) ? left[same].CompareTo(right[same]) : isHigh ? 1 : -1;
    }

    /// <summary>Whether a value is in a collection, or a text in a text.</summary>
    /// <exception cref="TemplateFault">The collection is none.</exception>
    public static bool Contains(TemplateValue collection, TemplateValue value, WorkMeter work)
    {
        switch (collection)
        {
            case TextValue text:
                string sought = value is TextValue part ? part.Text
                    : throw (value as UndefinedValue)?.Fault ?? new TemplateFault($"'in' a text needs a text before it, found a value of type '{value.TypeName}'");
                work.Search(text.Text, sought);
                return text.Text.Contains(sought, StringComparison.Ordinal);
            case MappingValue mapping:
                return mapping.TryFind(value, out _);
            default:
                return Iteration.ItemsOf(collection, work).Any(item => AreEqual(item, value, work));
        }
    }
}
