using Microsoft.Extensions.Configuration;

namespace Gate.Core.Configuration;

/// <summary>A configuration provider that remembers, for every value, where it was written.</summary>
internal sealed class LocatedProvider : ConfigurationProvider, IConfigurationSource
{
    private readonly Dictionary<string, LocatedValue> _values;

    /// <param name="values">Values by path, segments joined with <c>:</c>; indexes of a list are segments.</param>
    /// <param name="baseFolder">Absolute folder that relative paths among the values start from.</param>
    public LocatedProvider(IEnumerable<KeyValuePair<string, LocatedValue>> values, string baseFolder)
    {
        _values = new Dictionary<string, LocatedValue>(values, StringComparer.OrdinalIgnoreCase);
        BaseFolder = baseFolder;
        foreach ((string path, LocatedValue value) in _values)
            Data[path] = value.WrittenAs is WrittenAs.Null or WrittenAs.Empty ? null : value.Text;
    }

    /// <summary>Absolute folder that relative paths among the values start from.</summary>
    public string BaseFolder { get; }

    /// <summary>Every value in the order it was written, with its path.</summary>
    public IEnumerable<KeyValuePair<string, LocatedValue>> Values => _values;

    /// <summary>The value at a path, or null.</summary>
    public LocatedValue? Find(string path) => _values.GetValueOrDefault(path);

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
