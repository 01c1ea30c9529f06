using System.Text;

namespace Gate.Core.Configuration;

/// <summary>The reference page <c>docs/reference/configuration.md</c>, made from <see cref="ConfigurationKeys"/>.</summary>
public static class ConfigurationReference
{
    private const string Introduction = """
        # Configuration

        Gate reads `gate.json`: the file named on the command line, the one in the folder named there, or the nearest one above the working folder
        (up to the root of the repository). Comments and trailing commas are allowed. An unknown key, a key given twice, a wrong type and a value out of
        range are errors with file, line, column and the right spelling (exit code 2).

        Every key can also be set by an environment variable (`GATE__thresholds__retention=0.9`) and by an option (`--thresholds.retention 0.9`):
        replace the dots by two underscores, or put two dashes before the path. Options win over variables, variables over the file, the file over the
        defaults. A list is written with commas there: `--suite.tasks lama,mcqa`; it replaces the whole list of the file.

        Ratios are written as ratios: `0.95`, never `95` and never `"95%"`. Paths in the file are relative to the file, paths in variables and options
        to the working folder. `NAME` stands for the name of a task (under `suite.chatVariables`, of a variable).

        This page is generated from the program (`gate schema --markdown`); `gate schema` prints the JSON schema.

        | key | type | range | default | meaning |
        | --- | --- | --- | --- | --- |

        """;

    private const string Ending = """

        When the file names no threshold at all, `thresholds.retention` is 0.95. A threshold for SrCr needs a retention threshold beside it, because
        SrCr trades knowledge for bytes by construction. Exactly one key of `budget` may be given; a recipe that misses the budget is refused before
        any work is done.

        """;

    /// <summary>The page's text.</summary>
    public static string Render()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            string value = key.Default is { } text ? $"`{text}`" : "";
            string range = key.Kind == ValueKind.Choice ? string.Join(", ", key.Choices.Select(choice => $"`{choice}`")) : key.RangeText;
            page.Append($"| `{key.Path.Replace("*", "NAME", StringComparison.Ordinal)}` | {key.Kind.ToString().ToLowerInvariant()} | {range} | {value} | {key.Help} |\n");
        }

        return page.Append(Ending.ReplaceLineEndings("\n")).ToString();
    }
}
