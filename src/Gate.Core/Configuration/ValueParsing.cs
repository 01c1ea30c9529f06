using System.Globalization;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Turns located values into typed ones, or says what was expected, what was found and where.</summary>
internal static class ValueParsing
{
    /// <summary>Checks type and range; the result is a string, long, double, bool or day according to the key's kind.</summary>
    /// <param name="key">The key's entry.</param>
    /// <param name="path">The dotted path as written, for messages.</param>
    /// <param name="value">The value; for a list, one of its elements.</param>
    /// <exception cref="GateException">Exit 2.</exception>
    public static object Parse(ConfigurationKey key, string path, LocatedValue value)
    {
        if (value.WrittenAs is WrittenAs.Null or WrittenAs.Empty)
            throw WrongType(key, path, value);
        return key.Kind switch
        {
            ValueKind.List when key.TakesNumbers && value.WrittenAs == WrittenAs.Number => value.Text,
            ValueKind.Text when key.TakesBooleans && value.WrittenAs == WrittenAs.Boolean => value.Text.ToLowerInvariant(),
            ValueKind.Text or ValueKind.Path or ValueKind.List => Text(key, path, value),
            ValueKind.Choice => Choice(key, path, value),
            ValueKind.Integer => Integer(key, path, value),
            ValueKind.Number or ValueKind.Ratio => Number(key, path, value),
            ValueKind.Boolean => Boolean(key, path, value),
            ValueKind.Date => Date(key, path, value),
            ValueKind.Size => ByteSize.Parse(value.Text) ?? throw WrongType(key, path, value),
            _ => throw new InvalidOperationException($"no parser for {key.Kind}"),
        };
    }

    private static string Text(ConfigurationKey key, string path, LocatedValue value)
    {
        if (value.WrittenAs is WrittenAs.Number or WrittenAs.Boolean)
            throw WrongType(key, path, value);
        if (string.IsNullOrWhiteSpace(value.Text) || value.Text.Contains('\0', StringComparison.Ordinal))
            throw Refuse("GATE1006", key, path, value, "must not be empty", "write a value or leave the key out");
        return value.Text;
    }

    private static string Choice(ConfigurationKey key, string path, LocatedValue value)
    {
        if (value.WrittenAs is WrittenAs.Number or WrittenAs.Boolean)
            throw WrongType(key, path, value);
        if (key.Choices.Contains(value.Text))
            return value.Text;
        string? nearest = NearestName.Find(value.Text, key.Choices);
        throw Refuse(
            "GATE1006", key, path, value, $"must be one of {string.Join(", ", key.Choices)}", nearest is null ? null : $"write \"{nearest}\"");
    }

    private static object Integer(ConfigurationKey key, string path, LocatedValue value)
    {
        if (!IsNumeric(value) || !long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            throw WrongType(key, path, value);
        if (!key.Allows(number))
            throw Refuse("GATE1006", key, path, value, $"must lie in the range {key.RangeText}", null);
        return number;
    }

    private static object Number(ConfigurationKey key, string path, LocatedValue value)
    {
        if (!IsNumeric(value) || !double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            throw WrongType(key, path, value);
        if (!double.IsFinite(number))
            throw Refuse("GATE1006", key, path, value, "must be a finite number", null);
        if (!key.Allows(number))
        {
            throw Refuse(
                "GATE1006", key, path, value, $"must lie in the range {key.RangeText}",
                key.Kind == ValueKind.Ratio ? RatioRemedy(number) : null);
        }

        return number;
    }

    private static object Boolean(ConfigurationKey key, string path, LocatedValue value) =>
        value.WrittenAs is WrittenAs.Boolean or WrittenAs.Plain && bool.TryParse(value.Text, out bool truth)
            ? truth
            : throw WrongType(key, path, value);

    private static object Date(ConfigurationKey key, string path, LocatedValue value) =>
        value.WrittenAs is WrittenAs.Text or WrittenAs.Plain
            && DateOnly.TryParseExact(value.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? day
            : throw WrongType(key, path, value);

    private static bool IsNumeric(LocatedValue value) => value.WrittenAs is WrittenAs.Number or WrittenAs.Plain;

    private static GateException WrongType(ConfigurationKey key, string path, LocatedValue value)
    {
        string expected = key.Kind switch
        {
            ValueKind.Integer => "a whole number",
            ValueKind.Number => "a number",
            ValueKind.Ratio => "a ratio such as 0.95",
            ValueKind.Boolean => "true or false",
            ValueKind.Date => "a day such as \"2024-07-26\"",
            ValueKind.Size => "bytes, as a number or with a unit such as \"1.5 GiB\"",
            ValueKind.List => ElementOf(key),
            _ => key.TakesBooleans ? "a text, true or false" : "a text",
        };
        string? remedy = key.Kind is ValueKind.Ratio or ValueKind.Number or ValueKind.Integer ? NumberRemedy(value.Text) : null;
        return Refuse("GATE1005", key, path, value, $"must be {expected}", remedy);
    }

    /// <summary>What a list holds, in words.</summary>
    public static string ElementOf(ConfigurationKey list) => list.TakesNumbers ? "a number or a text" : "a text";

    // A percentage or a quoted number: show the spelling that is right.
    private static string? NumberRemedy(string text)
    {
        string trimmed = text.Trim();
        bool percent = trimmed.EndsWith('%');
        if (!double.TryParse(trimmed.TrimEnd('%').Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            return null;
        return percent
            ? $"write {(number / 100).ToString("R", CultureInfo.InvariantCulture)} (a ratio without quotes or percent sign)"
            : $"write {trimmed} without quotes";
    }

    private static string? RatioRemedy(double number) =>
        number is > 1 and <= 100
            ? $"ratios are written as ratios: write {(number / 100).ToString("R", CultureInfo.InvariantCulture)}"
            : null;

    private static GateException Refuse(string code, ConfigurationKey key, string path, LocatedValue value, string expected, string? remedy)
    {
        string found = value.WrittenAs is WrittenAs.Text or WrittenAs.Plain ? $"\"{value.Text}\"" : value.Text;
        string source = value.Place is null ? $" ({value.Source})" : "";
        return GateException.Usage(
            code, $"'{path}' {expected}, found {found}{source}", value.Place, remedy ?? $"{path}: {key.Help}");
    }
}
