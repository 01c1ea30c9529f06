using System.Collections.Immutable;
using System.Globalization;

namespace Gate.Core.Configuration;

/// <summary>A key with the value in force.</summary>
/// <param name="Key">Dotted path, with the user's own names.</param>
/// <param name="Value">The value as written; null when nothing sets the key and it has no default.</param>
/// <param name="Origin">Where it comes from: <c>gate.json(3,12)</c>, <c>environment variable GATE__…</c>, <c>option --…</c>, <c>default</c>, or
/// <c>not set</c>.</param>
public sealed record EffectiveValue(string Key, string? Value, string Origin);

/// <summary>What every key of a configuration comes to, and why.</summary>
public static class EffectiveConfiguration
{
    /// <summary>Every key in the order of the reference page.</summary>
    /// <param name="path">Absolute path of the configuration file, or null.</param>
    /// <param name="sources">The other sources.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2: whatever a run would refuse.</exception>
    public static ImmutableArray<EffectiveValue> Of(string? path, ConfigurationSources sources)
    {
        ConfigurationReader.Read(path, sources);
        ConfigurationValues values = ConfigurationReader.Values(path, sources);
        return [.. ConfigurationKeys.All.SelectMany(key => Expand(key, values).Select(each => Describe(each, key, values)))];
    }

    // A segment '*' stands for the names in use; a key nobody uses is shown once, as it is.
    private static IEnumerable<string> Expand(ConfigurationKey key, ConfigurationValues values)
    {
        string path = string.Join(':', key.Segments);
        int star = key.Segments.IndexOf("*");
        if (star < 0)
            return [path];
        string prefix = string.Join(':', key.Segments[..star]);
        string[] used = [.. values.Below(prefix).Where(found => key.Matches(found.Split(':'), StringComparison.OrdinalIgnoreCase))];
        return used.Length > 0 ? used : [path];
    }

    private static EffectiveValue Describe(string path, ConfigurationKey key, ConfigurationValues values)
    {
        string dotted = path.Replace(':', '.').Replace("*", "NAME", StringComparison.Ordinal);
        LocatedValue? found = values.Find(path) ?? values.Find($"{path}:0");
        if (found is null && !values.HasAny("thresholds") && BuiltInSuite.Thresholds.FirstOrDefault(threshold => threshold.Key == dotted) is { } inForce)
            return new EffectiveValue(dotted, inForce.Limit.ToString("R", CultureInfo.InvariantCulture), "default, because no threshold is set");
        if (found is null)
            return new EffectiveValue(dotted, key.Default?.Trim('"'), key.Default is null ? "not set" : "default");
        string text = key.Kind == ValueKind.List && values.List(path) is { } list ? string.Join(", ", list.Items) : found.Text;
        return new EffectiveValue(dotted, text, found.Place?.ToString() ?? found.Source);
    }
}
