using System.Collections.Immutable;
using Gate.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Gate.Core.Configuration;

/// <summary>
/// The values in force: file, then <c>GATE__…</c> variables, then options, later sources winning. Every value of every source has been checked
/// against <see cref="ConfigurationKeys"/> before anything is read from here.
/// </summary>
internal sealed class ConfigurationValues
{
    private readonly LocatedProvider[] _highestFirst;

    private ConfigurationValues(IConfigurationRoot root) =>
        _highestFirst = [.. root.Providers.OfType<LocatedProvider>().Reverse()];

    /// <summary>Combines sources, lowest precedence first, and checks every key and value of each.</summary>
    /// <exception cref="GateException">Exit 2: an unknown key, a wrong type, a value out of range.</exception>
    public static ConfigurationValues Combine(params IEnumerable<LocatedProvider> sources)
    {
        var builder = new ConfigurationBuilder();
        foreach (LocatedProvider source in sources)
        {
            foreach ((string path, LocatedValue value) in source.Values)
                ConfigurationCheck.Check(path, value);
            builder.Add(source);
        }

        return new ConfigurationValues(builder.Build());
    }

    /// <summary>A value with its place, from the source of highest precedence; null when no source has it.</summary>
    /// <param name="path">Path with <c>:</c> between segments, as everywhere in this class: names chosen by the user may hold dots.</param>
    public LocatedValue? Find(string path) =>
        _highestFirst.Select(source => source.Find(path)).FirstOrDefault(value => value is not null);

    /// <summary>Where the file sets what; what an option or a variable sets has no place.</summary>
    public ConfigurationPlaces Places => new(_highestFirst.Reverse().SelectMany(source => source.Values)
        .Where(pair => Find(pair.Key)?.Place is not null)
        .Select(pair => KeyValuePair.Create(pair.Key.Replace(':', '.'), (pair.Key.Split(':')[^1].All(char.IsAsciiDigit) ? pair.Value.Place : pair.Value.Key)!)));

    /// <summary>A text, or null.</summary>
    public string? Text(string path) => (string?)Parsed(path);

    /// <summary>A whole number, or null.</summary>
    public long? Integer(string path) => (long?)Parsed(path);

    /// <summary>A number, or null.</summary>
    public double? Number(string path) => (double?)Parsed(path);

    /// <summary>A truth value, or null.</summary>
    public bool? Boolean(string path) => (bool?)Parsed(path);

    /// <summary>A day, or null.</summary>
    public DateOnly? Date(string path) => (DateOnly?)Parsed(path);

    /// <summary>A size in bytes, or null.</summary>
    public long? Size(string path) => (long?)Parsed(path);

    /// <summary>A path as written and as an absolute one, or null. Relative paths start from the folder of the source that names them.</summary>
    public (string Written, string Full)? Path(string path)
    {
        foreach (LocatedProvider source in _highestFirst)
        {
            if (source.Find(path) is { } value)
                return (value.Text, System.IO.Path.GetFullPath(value.Text, source.BaseFolder));
        }

        return null;
    }

    /// <summary>A list with the folder its relative paths start from, or null. A source that has the list replaces it as a whole.</summary>
    public (ImmutableArray<string> Items, string BaseFolder)? List(string path)
    {
        foreach (LocatedProvider source in _highestFirst)
        {
            if (source.Find(path) is { } whole)
            {
                string[] parts = whole.WrittenAs == WrittenAs.Empty
                    ? []
                    : whole.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                return ([.. parts], source.BaseFolder);
            }

            ImmutableArray<string> items = [.. Enumerable.Range(0, int.MaxValue)
                .Select(i => source.Find($"{path}:{i}")).TakeWhile(value => value is not null).Select(value => value!.Text)];
            if (items.Length > 0)
                return (items, source.BaseFolder);
        }

        return null;
    }

    /// <summary>One element of a list with its place; the whole list's where it was written in one text.</summary>
    /// <param name="path">Path of the list.</param>
    /// <param name="index">Index in what <see cref="List"/> gives.</param>
    public LocatedValue? FindElement(string path, int index) =>
        _highestFirst.Where(source => source.Find(path) is not null || source.Find($"{path}:0") is not null)
            .Select(source => source.Find(path) ?? source.Find($"{path}:{index}")).FirstOrDefault();

    /// <summary>Whether any value lies at or below a path.</summary>
    public bool HasAny(string path) => Below(path).Any() || Find(path) is not null;

    /// <summary>Paths of all values below a path, in the order they are written, each once.</summary>
    public IEnumerable<string> Below(string path)
    {
        string prefix = path + ":";
        return _highestFirst.Reverse().SelectMany(source => source.Values)
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair.Key).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private object? Parsed(string path)
    {
        LocatedValue? value = Find(path);
        if (value is null)
            return null;
        ConfigurationKey key = ConfigurationKeys.Find(path.Split(':'), StringComparison.Ordinal)
            ?? throw new InvalidOperationException($"'{path}' is not in the table of keys");
        return ValueParsing.Parse(key, path, value);
    }
}
