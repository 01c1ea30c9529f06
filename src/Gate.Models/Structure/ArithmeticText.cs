using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>
/// A canonical text of a whole blueprint: two models with the same text compute the same from the same tensors. A record's own text prints arrays by the name
/// of their type, so that two models would have one.
/// </summary>
internal static class ArithmeticText
{
    /// <summary>The text, one property a line.</summary>
    public static string Of(Blueprint blueprint)
    {
        StringBuilder text = new();
        Append(text, nameof(Blueprint), blueprint);
        return text.ToString();
    }

    /// <summary>The first line in which two models differ, or null when they compute the same.</summary>
    public static string? Difference(Blueprint expected, Blueprint found)
    {
        string[] left = Of(expected).Split('\n'), right = Of(found).Split('\n');
        for (int line = 0; line < Math.Max(left.Length, right.Length); line++)
        {
            (string one, string other) = (left.ElementAtOrDefault(line) ?? "nothing", right.ElementAtOrDefault(line) ?? "nothing");
            if (one != other)
                return $"expected {one}, found {other}";
        }

        return null;
    }

    private static void Append(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string or bool or Enum:
                text.Append(path).Append(" = ").Append(value).Append('\n');
                break;
            case IFormattable number:
                text.Append(path).Append(" = ").Append(number.ToString(value is float or double ? "R" : null, CultureInfo.InvariantCulture)).Append('\n');
                break;
            case IEnumerable items:
                int index = 0;
                foreach (object? item in items)
                    Append(text, $"{path}[{index++}]", item);
                break;
            default:
                AppendParts(text, path, value);
                break;
        }
    }

    // What a value is made of is what its constructor and initialisers set; names of tensors that may be ignored change nothing.
    private static void AppendParts(StringBuilder text, string path, object value)
    {
        text.Append(path).Append(" = ").Append(value.GetType().Name).Append('\n');
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.CanWrite).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (property.Name is not (nameof(Blueprint.Tolerated) or nameof(Blueprint.Copies) or nameof(Blueprint.LeftAlone)))
                Append(text, $"{path}.{property.Name}", property.GetValue(value));
        }
    }
}
