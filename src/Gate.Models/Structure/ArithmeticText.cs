using System.Collections;
using System.Collections.Immutable;
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
    private const string Is = " = ";

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
        return FirstDifference(Of(expected).Split('\n'), Of(found).Split('\n'));
    }

    private static string? FirstDifference(string[] left, string[] right)
    {
        for (int line = 0; line < Math.Max(left.Length, right.Length); line++)
        {
            (string one, string other) = (left.ElementAtOrDefault(line) ?? "nothing", right.ElementAtOrDefault(line) ?? "nothing");
            if (one != other)
                return $"expected {one}, found {other}";
        }

        return null;
    }

    /// <summary>The same of blocks whose tensors have other names.</summary>
    /// <param name="expected">One block.</param>
    /// <param name="found">The other.</param>
    /// <param name="nameOf">What the tensors of the first are called in the second.</param>
    public static string? Difference(ImmutableArray<Step> expected, ImmutableArray<Step> found, IReadOnlyDictionary<string, string> nameOf)
    {
        const string Weight = ".weight";
        Dictionary<string, string> lines = nameOf.Concat(nameOf.Where(pair => pair.Key.EndsWith(Weight, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[..^Weight.Length], pair.Value[..^Weight.Length]))).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal);
        string[] left = [.. LinesOf(expected).Select(Renamed)], right = LinesOf(found);
        return FirstDifference(left, right);

        string Renamed(string line)
        {
            int name = line.IndexOf(Is, StringComparison.Ordinal) + Is.Length;
            return name >= Is.Length && lines.TryGetValue(line[name..], out string? other) ? line[..name] + other : line;
        }
    }

    private static string[] LinesOf(ImmutableArray<Step> block)
    {
        StringBuilder text = new();
        Append(text, "Block", block);
        return text.ToString().Split('\n');
    }

    private static void Append(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string or bool or Enum:
                text.Append(path).Append(Is).Append(value).Append('\n');
                break;
            case IFormattable number:
                text.Append(path).Append(Is).Append(number.ToString(value is float or double ? "R" : null, CultureInfo.InvariantCulture)).Append('\n');
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
        text.Append(path).Append(Is).Append(value.GetType().Name).Append('\n');
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.CanWrite).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (property.Name is not (nameof(Blueprint.Tolerated) or nameof(Blueprint.Copies) or nameof(Blueprint.LeftAlone) or nameof(Blueprint.Remarks)))
                Append(text, $"{path}.{property.Name}", property.GetValue(value));
        }
    }
}
