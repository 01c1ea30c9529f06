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
internal sealed class ArithmeticText
{
    private readonly StringBuilder _text;
    private readonly bool _names;

    private ArithmeticText(StringBuilder text, bool names) => (_text, _names) = (text, names);

    /// <summary>The text, one property a line.</summary>
    public static string Of(Blueprint blueprint)
    {
        StringBuilder text = new();
        new ArithmeticText(text, names: true).Append(nameof(Blueprint), blueprint);
        return text.ToString();
    }

    /// <summary>The first line in which two models differ, or null when they compute the same from the same tensors.</summary>
    public static string? Difference(Blueprint expected, Blueprint found) => Difference(Of(expected), Of(found));

    /// <summary>The first line in which two models differ whatever they call their tensors, or null when they compute the same.</summary>
    public static string? DifferenceBesidesNames(Blueprint expected, Blueprint found) => Difference(WithoutNames(expected), WithoutNames(found));

    /// <summary>The same of two blocks.</summary>
    public static string? DifferenceBesidesNames(ImmutableArray<Step> expected, ImmutableArray<Step> found) => Difference(WithoutNames(expected), WithoutNames(found));

    private static string WithoutNames(object value)
    {
        StringBuilder text = new();
        new ArithmeticText(text, names: false).Append(value is Blueprint ? nameof(Blueprint) : "Block", value);
        return text.ToString();
    }

    private static string? Difference(string expected, string found)
    {
        string[] left = expected.Split('\n'), right = found.Split('\n');
        for (int line = 0; line < Math.Max(left.Length, right.Length); line++)
        {
            (string one, string other) = (left.ElementAtOrDefault(line) ?? "nothing", right.ElementAtOrDefault(line) ?? "nothing");
            if (one != other)
                return $"expected {one}, found {other}";
        }

        return null;
    }

    private void Append(string path, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string or MatrixStorage when !_names:
                break;
            case string or bool or Enum:
                _text.Append(path).Append(" = ").Append(value).Append('\n');
                break;
            case IFormattable number:
                _text.Append(path).Append(" = ").Append(Numeral(number)).Append('\n');
                break;
            case IEnumerable items:
                int index = 0;
                foreach (object? item in items)
                    Append($"{path}[{index++}]", item);
                break;
            default:
                AppendParts(path, value);
                break;
        }
    }

    // Numbers of other files went through binary32.
    private string Numeral(IFormattable number) => number switch
    {
        double wide when !_names => ((float)wide).ToString("R", CultureInfo.InvariantCulture),
        float or double => number.ToString("R", CultureInfo.InvariantCulture),
        _ => number.ToString(null, CultureInfo.InvariantCulture),
    };

    // What a value is made of is what its constructor and initialisers set; names of tensors that may be ignored change nothing.
    private void AppendParts(string path, object value)
    {
        _text.Append(path).Append(" = ").Append(value.GetType().Name).Append('\n');
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.CanWrite).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (property.Name is not (nameof(Blueprint.Tolerated) or nameof(Blueprint.Copies) or nameof(Blueprint.LeftAlone) or nameof(Blueprint.Remarks))
                && (_names || property.Name is not (nameof(Blueprint.MaximumLength) or nameof(Blueprint.DecoderStartId))))
            {
                Append($"{path}.{property.Name}", property.GetValue(value));
            }
        }
    }
}
