using System.Collections.Immutable;
using System.Globalization;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>What a user must fetch before a published benchmark can be asked. Gate itself downloads nothing.</summary>
public static class FetchPlan
{
    /// <summary>A line for a file: where it belongs, where it is published, its licence, size and hash where they are known.</summary>
    public static string Line(PublishedFile file) =>
        $"{file.File}: from {file.From}; licence {file.Licence}"
        + (file.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"; {bytes} bytes") : "")
        + (file.Sha256 is { } hash ? $"; SHA-256 {hash}" : "");

    /// <summary>The error for data that are not there.</summary>
    /// <param name="paths">Where they were looked for.</param>
    /// <param name="published">Where they are published.</param>
    internal static GateException Missing(IReadOnlyList<string> paths, ImmutableArray<PublishedFile> published)
    {
        string wanted = string.Join(" or ", paths.Select(path => $"'{DisplayPath.Of(path)}'"));
        bool noFolder = paths[0].StartsWith(DataSource.DataFolder, StringComparison.Ordinal);
        string plan = published.IsEmpty ? "" : $"; {string.Join("; ", published.Select(Line))}";
        return GateException.Input(
            "GATE5030", $"the task's data are not there: {wanted}{(noFolder ? ", and no folder of data sets is named" : "")}",
            noFolder ? null : new SourceLocation(DisplayPath.Of(paths[0])),
            (noFolder ? "name the folder with --data or suite.data" : "lay the file out as published, nothing needs to be flattened") + plan);
    }
}
