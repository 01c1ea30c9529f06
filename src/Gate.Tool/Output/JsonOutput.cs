using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gate.Tool.Output;

/// <summary>JSON on standard output, numbers in their shortest form that reads back as the same number.</summary>
internal static class JsonOutput
{
    /// <summary>Writes one document with a line feed after it.</summary>
    public static void Write(Action<Utf8JsonWriter> write, bool indented = true)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Indented = indented,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            write(writer);
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>Writes one object of texts.</summary>
    public static void Texts(params IEnumerable<(string Name, string Text)> values) => Write(writer =>
    {
        writer.WriteStartObject();
        foreach ((string name, string text) in values)
            writer.WriteString(name, text);
        writer.WriteEndObject();
    });

    /// <summary>A number; NaN and infinities, which JSON has no numbers for, as texts.</summary>
    public static void Number(this Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    /// <summary>A single-precision number; NaN and infinities as texts.</summary>
    public static void Number(this Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.Number((double)value);
    }

    /// <summary>A named array of whole numbers.</summary>
    public static void Array(this Utf8JsonWriter writer, string name, IEnumerable<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    /// <summary>A named array of numbers.</summary>
    public static void Array(this Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
            writer.Number(value);
        writer.WriteEndArray();
    }
}
