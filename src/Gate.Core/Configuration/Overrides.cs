using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>
/// The two other places a key can be set: <c>GATE__thresholds__retention</c> and <c>--thresholds.retention</c>. One rule for every key: replace
/// the dots by two underscores, or put two dashes before it.
/// </summary>
internal static class Overrides
{
    private const string VariablePrefix = "GATE__";

    /// <summary>The variables that set keys, as a configuration source.</summary>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="workingFolder">Absolute folder that relative paths start from.</param>
    public static LocatedProvider FromEnvironment(IEnumerable<KeyValuePair<string, string>> environment, string workingFolder) =>
        new(
            environment
                .Where(pair => pair.Key.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase))
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => Override(pair.Key[VariablePrefix.Length..].Split("__"), pair.Value, $"environment variable {pair.Key}")),
            workingFolder);

    /// <summary>The options that set keys, as a configuration source; later ones win.</summary>
    /// <param name="options">Dotted paths and values.</param>
    /// <param name="workingFolder">Absolute folder that relative paths start from.</param>
    /// <exception cref="GateException">Exit 2: the same option twice.</exception>
    public static LocatedProvider FromOptions(IEnumerable<KeyValuePair<string, string>> options, string workingFolder)
    {
        var values = new List<KeyValuePair<string, LocatedValue>>();
        foreach ((string path, string value) in options)
        {
            KeyValuePair<string, LocatedValue> item = Override(SplitDotted(path), value, $"option --{path}");
            if (values.Any(other => string.Equals(other.Key, item.Key, StringComparison.OrdinalIgnoreCase)))
                throw GateException.Usage("GATE1004", $"the option --{path} is given twice", remedy: "keep one of the two");
            values.Add(item);
        }

        return new LocatedProvider(values, workingFolder);
    }

    private static KeyValuePair<string, LocatedValue> Override(string[] segments, string value, string source)
    {
        // Known keys get their own spelling, so that case does not matter here.
        if (ConfigurationKeys.Find(segments, StringComparison.OrdinalIgnoreCase) is { } key)
            segments = [.. segments.Select((segment, i) => key.Segments[i] == "*" ? segment : key.Segments[i])];
        return new(string.Join(':', segments), new LocatedValue(value, WrittenAs.Plain, source, null, null));
    }

    // Names chosen by the user may hold dots: let the known key's first and last segments decide where the name begins and ends.
    private static string[] SplitDotted(string path)
    {
        string[] parts = path.Split('.');
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            int star = key.Segments.IndexOf("*");
            int after = key.Segments.Length - star - 1;
            if (star < 0 || parts.Length <= key.Segments.Length)
                continue;
            string[] joined = [.. parts[..star], string.Join('.', parts[star..^after]), .. parts[^after..]];
            if (key.Matches(joined, StringComparison.OrdinalIgnoreCase))
                return joined;
        }

        return parts;
    }
}
