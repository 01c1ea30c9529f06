using System.Collections.Concurrent;
using System.Text.Json;
using Gate.Tests;

namespace Gate.Compression.Tests.Reference;

/// <summary>A set of reference results: its manifest, its layers and its cases. Any set of the same format can be put in its place.</summary>
internal sealed class ReferenceSet
{
    private readonly string _folder;
    private readonly JsonElement _manifest;
    private readonly ConcurrentDictionary<string, SafetensorsFixture> _files = new(StringComparer.Ordinal);

    private ReferenceSet(string folder)
    {
        _folder = folder;
        _manifest = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(folder, "manifest.json"))).RootElement;
    }

    /// <summary>The committed set.</summary>
    public static ReferenceSet Committed { get; } = new(Repository.Fixture("compression"));

    /// <summary>One case of another layer: a block of the sweep is half a group.</summary>
    public static ReferenceSet BelowGroup { get; } = new(Repository.Fixture("compression-below-group"));

    public static TheoryData<string> NamesOf(params string[] methods) =>
        new(Committed._manifest.GetProperty("cases").EnumerateArray()
            .Where(entry => methods.Contains(entry.GetProperty("method").GetString()))
            .Select(entry => entry.GetProperty("name").GetString()!));

    public static ReferenceCase Case(string name) => Committed.CaseOf(name);

    public IEnumerable<(string Name, string Method, string Rule)> Cases => _manifest.GetProperty("cases").EnumerateArray()
        .Select(entry => (entry.GetProperty("name").GetString()!, entry.GetProperty("method").GetString()!, entry.GetProperty("compare").GetString()!));

    public ReferenceCase CaseOf(string name) =>
        new(this, _manifest.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == name));

    public IEnumerable<string> LayerNames => _manifest.GetProperty("layers").EnumerateObject().Select(layer => layer.Name);

    public SafetensorsFixture File(string name) => _files.GetOrAdd(name, file => new SafetensorsFixture(Path.Combine(_folder, file)));

    public ReferenceLayer Layer(string name) => new(this, name, _manifest.GetProperty("layers").GetProperty(name));
}
