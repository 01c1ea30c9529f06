using System.Collections.Immutable;

namespace Gate.Evaluation.Sources;

/// <summary>The formats of data files; a new one is a reader and a line here.</summary>
internal static class DataFormats
{
    private static readonly ImmutableArray<(string Name, string[] Extensions, Func<string, DataFile, BadRows, IEnumerable<DataRecord>> Read)> _all =
    [
        ("jsonl", [".jsonl", ".ndjson"], (path, _, bad) => JsonLines.Read(path, bad)),
        ("json", [], (path, file, bad) => JsonArrays.Read(path, file.At, bad)),
        ("csv", [".csv"], (path, file, bad) => SeparatedText.Read(path, ',', file.Columns, bad)),
        ("tsv", [".tsv", ".tab"], (path, file, bad) => SeparatedText.Read(path, '\t', file.Columns, bad)),
        ("parquet", [".parquet"], (path, _, _) => ParquetRows.Read(path)),
        ("lines", [".lst"], (path, _, _) => TextRows.ReadLines(path)),
        ("text", [".txt", ".raw", ".story"], (path, file, _) => TextRows.Read(path, file.Pattern)),
    ];

    /// <summary>Names of the formats.</summary>
    public static ImmutableArray<string> Names { get; } = [.. _all.Select(format => format.Name)];

    /// <summary>The rows of a file.</summary>
    public static IEnumerable<DataRecord> Read(string path, DataFile file, BadRows bad)
    {
        string name = file.Format.Length > 0 ? file.Format : ByExtension(path, file);
        return _all.First(format => format.Name == name).Read(path, file, bad);
    }

    // What has no extension of its own is JSON Lines, unless it begins with a list or a place in it is named.
    private static string ByExtension(string path, DataFile file)
    {
        string extension = Path.GetExtension(path);
        foreach ((string name, string[] extensions, _) in _all)
        {
            if (extensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
                return name;
        }

        return file.At.Length > 0 || JsonArrays.IsArray(SourceFile.ReadData(path).Span) ? "json" : "jsonl";
    }
}
