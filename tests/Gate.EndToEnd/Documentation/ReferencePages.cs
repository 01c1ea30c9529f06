using System.CommandLine;
using System.Text;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.TaskFiles;
using Gate.Tests;
using Gate.Tool.CommandLine;

namespace Gate.EndToEnd.Documentation;

/// <summary>The pages under <c>docs/reference</c>, made from the program.</summary>
internal static class ReferencePages
{
    /// <summary>File name and text of each page.</summary>
    public static IReadOnlyDictionary<string, string> All => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["exit-codes.md"] = ExitCodes(),
        ["diagnostics.md"] = Diagnostics(),
        ["configuration.md"] = ConfigurationReference.Render(),
        ["command-line.md"] = CommandLine(),
        ["task-files.md"] = TaskFileReference.Page(),
    };

    private static string ExitCodes()
    {
        var page = new StringBuilder("# Exit codes\n\nThe same in every front end; never reused, never renumbered. This page is generated from the program.\n\n| code | name | meaning |\n| --- | --- | --- |\n");
        Dictionary<string, string> meanings = Meanings();
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
            page.Append($"| {(int)code} | {code} | {meanings[$"{code}"]} |\n");
        return page.ToString();
    }

    // The doc comments of the enumeration are the page's sentences.
    private static Dictionary<string, string> Meanings()
    {
        string[] lines = File.ReadAllLines(Repository.PathOf("src", "Gate.Diagnostics", "ExitCode.cs"));
        return lines.Index().Where(line => line.Item.Contains(" = ", StringComparison.Ordinal)).ToDictionary(
            line => line.Item.Split('=')[0].Trim(),
            line => lines[line.Index - 1].Replace("/// <summary>", "", StringComparison.Ordinal).Replace("</summary>", "", StringComparison.Ordinal).Trim());
    }

    private static string Diagnostics()
    {
        var page = new StringBuilder("# Diagnostics\n\n1xxx command line and configuration, 2xxx rules, 3xxx inputs, 4xxx compression, 5xxx evaluation, 6xxx served models, 9xxx defects. `gate explain CODE` prints the same.\nThis page is generated from the program.\n");
        foreach (DiagnosticEntry entry in DiagnosticCatalogue.Entries)
            page.Append($"\n## {entry.Code}: {entry.Title}\n\n{entry.Cause}\n\n**Remedy:** {entry.Remedy}\n");
        return page.ToString();
    }

    private static string CommandLine()
    {
        RootCommand root = CommandDispatch.BuildAll();
        var page = new StringBuilder("# Options of every command\n\nWhat the commands print is described in [command line](../command-line.md). This page is generated from the program.\n\n## Every command\n\n");
        Table(page, root.Options.Where(option => option.Recursive));
        page.Append($"\n{string.Join(", ", KeyOverrides.Commands.Select(name => $"`{name}`"))} take every key of the [configuration](configuration.md) as an option too.\n");
        foreach (Command command in root.Subcommands)
        {
            page.Append($"\n## gate {command.Name}\n\n{command.Description}.\n");
            if (command.Arguments.Count + command.Options.Count > 0)
                page.Append('\n');
            if (command.Arguments.Count > 0)
            {
                page.Append("| argument | meaning |\n| --- | --- |\n");
                foreach (Argument argument in command.Arguments)
                    page.Append($"| `{argument.Name}`{(argument.Arity.MinimumNumberOfValues == 0 ? " (optional)" : "")} | {Cell(argument.Description)} |\n");
            }

            if (command.Arguments.Count > 0 && command.Options.Count > 0)
                page.Append('\n');
            if (command.Options.Count > 0)
                Table(page, command.Options);
        }

        return page.ToString();
    }

    private static void Table(StringBuilder page, IEnumerable<Option> options)
    {
        page.Append("| option | meaning |\n| --- | --- |\n");
        foreach (Option option in options)
            page.Append($"| {string.Join(", ", option.Aliases.Prepend(option.Name).Distinct().Select(name => $"`{name}`"))} | {Cell(option.Description)} |\n");
    }

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
