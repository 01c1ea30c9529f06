using System.Collections.Immutable;
using System.Reflection;
using Gate.Diagnostics;

namespace Gate.Tool.Commands;

/// <summary>What each metric means: the sections of <c>docs/metrics.md</c>, which travels in the tool.</summary>
internal static class MetricPages
{
    private static readonly ImmutableArray<(string Name, string[] Headings)> Pages =
    [
        ("retention", ["## Retention", "### Retention of a task"]),
        ("sr", ["## The suite", "### Sr and SrCr"]),
        ("srcr", ["### Sr and SrCr"]),
        ("maxForgotten", ["### Forgotten share"]),
        ("perplexityRatio", ["### Perplexity ratio"]),
    ];

    /// <summary>The metrics that have a page.</summary>
    public static IEnumerable<string> Names => Pages.Select(page => page.Name);

    /// <summary>The page of a metric, in Markdown.</summary>
    /// <exception cref="GateException">Exit 2: there is no such metric.</exception>
    public static string Find(string name)
    {
        foreach ((string known, string[] headings) in Pages)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return string.Concat(headings.Select(Section));
        }

        string? nearest = NearestName.Find(name, Names);
        throw GateException.Usage(
            "GATE1010", $"there is no metric '{name}'", remedy: nearest is null ? $"name one of {string.Join(", ", Names)}" : $"did you mean '{nearest}'?");
    }

    private static string Section(string heading)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("metrics.md")!;
        using var reader = new StreamReader(stream);
        string[] lines = reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n');
        int start = Array.IndexOf(lines, heading);
        return start < 0
            ? throw new InvalidOperationException($"docs/metrics.md has no heading '{heading}'")
            : string.Concat(lines[start..].TakeWhile((line, i) => i == 0 || !line.StartsWith('#')).Select(line => line + "\n"));
    }
}
