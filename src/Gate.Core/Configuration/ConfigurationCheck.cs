using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Refuses values whose key is unknown or whose type or range is wrong.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Checks one value of one source.</summary>
    /// <param name="path">Path with <c>:</c> between segments.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="GateException">Exit 2 with the nearest known key, or what was expected and found.</exception>
    public static void Check(string path, LocatedValue value)
    {
        string[] segments = path.Split(':');
        string dotted = string.Join('.', segments);
        StringComparison comparison = value.Place is null ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (ConfigurationKeys.Find(segments, comparison) is { } key)
        {
            CheckKnown(key, dotted, value);
            return;
        }

        // An element of a list: the path without its index is the key.
        if (int.TryParse(segments[^1], out _) && ConfigurationKeys.Find(segments[..^1], comparison) is { } list)
        {
            string parent = string.Join('.', segments[..^1]);
            if (list.Kind != ValueKind.List)
                throw GateException.Usage("GATE1005", $"'{parent}' is one value, found a list", value.Key, $"{parent}: {list.Help}");
            ValueParsing.Parse(list, dotted, value);
            return;
        }

        if (value.WrittenAs is WrittenAs.Empty or WrittenAs.Null && IsGroup(segments))
            return;
        throw Unknown(segments, dotted, value);
    }

    private static void CheckKnown(ConfigurationKey key, string dotted, LocatedValue value)
    {
        bool isOneList = key.Kind == ValueKind.List && (value.WrittenAs == WrittenAs.Plain || value is { WrittenAs: WrittenAs.Empty, Text: "[]" });
        if (isOneList)
            return;
        if (key.Kind == ValueKind.List)
        {
            throw GateException.Usage(
                "GATE1005", $"'{dotted}' must be a list, each element {ValueParsing.ElementOf(key)}, found {value.Text}", value.Place,
                value.WrittenAs == WrittenAs.Number && key.TakesNumbers ? $"write [{value.Text}]" : $"write [\"{value.Text}\"]");
        }

        ValueParsing.Parse(key, dotted, value);
    }

    private static bool IsGroup(string[] segments) =>
        ConfigurationKeys.All.Any(key => key.Segments.Length > segments.Length &&
            segments.Select((segment, i) => key.Segments[i] == "*" || key.Segments[i] == segment).All(same => same));

    private static GateException Unknown(string[] segments, string dotted, LocatedValue value)
    {
        string[] known = [.. ConfigurationKeys.All.Select(key => Written(key, segments)).Distinct()];
        string? nearest = Nearest(segments, known) ?? NearestName.Find(dotted, known);
        string source = value.Place is null ? $" ({value.Source})" : "";
        return GateException.Usage(
            "GATE1003", $"unknown key '{dotted}'{source}", value.Key,
            nearest is null ? "'gate schema' lists every key" : $"did you mean '{nearest}'?");
    }

    // Right parent, wrong last word: look among the parent's own keys first.
    private static string? Nearest(string[] segments, string[] known)
    {
        for (int depth = segments.Length; depth >= 1; depth--)
        {
            string parent = string.Concat(segments.Take(depth - 1).Select(segment => segment + "."));
            string[] siblings = [.. known.Where(name => name.StartsWith(parent, StringComparison.Ordinal))
                .Select(name => name[parent.Length..].Split('.')[0]).Distinct()];
            if (siblings.Length > 0)
                return NearestName.Find(segments[depth - 1], siblings) is { } sibling ? parent + sibling : null;
        }

        return null;
    }

    // The key with the user's own names in place of '*'.
    private static string Written(ConfigurationKey key, string[] segments) =>
        string.Join('.', key.Segments.Select((segment, i) => segment == "*" ? (i < segments.Length ? segments[i] : "NAME") : segment));
}
