using System.CommandLine;
using System.Text.RegularExpressions;
using Gate.Core.Configuration;
using Gate.Tests;
using Gate.Tool.CommandLine;

namespace Gate.EndToEnd.Documentation;

/// <summary>Every <c>gate</c> command line in the README and the documentation is one that the tool's own parser understands.</summary>
public sealed partial class DocumentedCommandTests
{
    public static TheoryData<string> Pages => [.. DocumentationPage.Names];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_of_the_page_parses(string page)
    {
        RootCommand root = CommandDispatch.BuildAll();
        foreach (string line in Commands(File.ReadAllText(Repository.PathOf(page))))
        {
            string[] arguments = [.. Words().Matches(line).Select(match => match.Value.Trim('"', '\''))];
            (string[] rest, var overrides) = KeyOverrides.Split(arguments);
            Assert.All(overrides, pair => Assert.True(
                ConfigurationKeys.Find(pair.Key.Split('.'), StringComparison.Ordinal) is not null, $"{page}: '{line}' sets the unknown key {pair.Key}"));
            ParseResult parsed = root.Parse(rest);
            Assert.True(parsed.Errors.Count == 0, $"{page}: '{line}': {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
        }
    }

    [Fact]
    public void The_readme_has_command_lines()
    {
        Assert.NotEmpty(Commands(File.ReadAllText(Repository.PathOf("README.md"))));
    }

    // Lines of sh blocks and of indented blocks; what stands between gate and a comment, a pipe or a redirection.
    private static IEnumerable<string> Commands(string page)
    {
        bool inShell = false;
        bool inOther = false;
        foreach (string line in page.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                (inShell, inOther) = (!inShell && !inOther && line.StartsWith("```sh", StringComparison.Ordinal), !inShell && !inOther && !line.StartsWith("```sh", StringComparison.Ordinal));
                continue;
            }

            if (!inOther && (inShell || line.StartsWith("    ", StringComparison.Ordinal)) && CommandLine().Match(line) is { Success: true } match)
                yield return match.Groups[1].Value;
        }
    }

    [GeneratedRegex(@"^\s*(?:\./tools/gate|gate|dotnet run --project src/Gate\.Tool --|dotnet tool exec Gate\.Tool --) ([^#|>&]+)")]
    private static partial Regex CommandLine();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\S+")]
    private static partial Regex Words();
}
