using System.Collections.Immutable;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>
/// Where the configuration file sets what. Deeper rooms refuse a recipe, a task or a model without knowing the file; their message begins with the key, or whoever called
/// them knows it.
/// </summary>
public sealed class ConfigurationPlaces
{
    private readonly ImmutableArray<KeyValuePair<string, SourceLocation>> _keys;

    /// <param name="keys">Dotted paths and places of their keys, in the order of the file.</param>
    public ConfigurationPlaces(IEnumerable<KeyValuePair<string, SourceLocation>> keys) => _keys = [.. keys];

    /// <summary>No file.</summary>
    public static ConfigurationPlaces None { get; } = new([]);

    /// <summary>The place of a key; where the file does not set it, of the first key beside it under the nearest group that the file has; null without any.</summary>
    /// <param name="key">Dotted.</param>
    public SourceLocation? Find(string key)
    {
        for (string at = key; ; at = at[..at.LastIndexOf('.')])
        {
            if (_keys.FirstOrDefault(pair => pair.Key == at || pair.Key.StartsWith(at + ".", StringComparison.Ordinal)).Value is { } place)
                return place;
            if (!at.Contains('.', StringComparison.Ordinal))
                return null;
        }
    }

    /// <summary>Runs work whose refusals, where they have no place, get that of the key their message begins with.</summary>
    /// <param name="key">Dotted: the key that the work is about, if the message names none; null: then it has no place.</param>
    /// <param name="work">The work.</param>
    /// <param name="codes">Codes of refusals whose place is the key's even though they name another file.</param>
    /// <exception cref="GateException">What the work refuses.</exception>
    public T Refusing<T>(string? key, Func<T> work, params string[] codes)
    {
        try
        {
            return work();
        }
        catch (GateException exception) when ((exception.Diagnostic.Location is null || codes.Contains(exception.Diagnostic.Code)) && PlaceOf(exception, key) is { } place)
        {
            throw new GateException(exception.Diagnostic with { Location = place }, exception.ExitCode, exception.InnerException);
        }
    }

    private SourceLocation? PlaceOf(GateException exception, string? key)
    {
        string named = exception.Diagnostic.Message.Split(':', 2)[0];
        bool isKey = named.Length > 0 && named.All(c => char.IsAsciiLetterOrDigit(c) || c == '.') && ConfigurationKeys.All.Any(known => known.Path == named || known.Path.StartsWith(named + ".", StringComparison.Ordinal));
        return isKey ? Find(named) : key is null ? null : Find(key);
    }
}
