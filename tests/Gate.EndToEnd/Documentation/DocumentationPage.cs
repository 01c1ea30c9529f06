using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.EndToEnd.Documentation;

/// <summary>A page of the documentation, as far as a machine can follow it.</summary>
/// <param name="Name">Path below the repository's root.</param>
/// <param name="Files">Files the page shows: a <c>json</c> block after a paragraph that names a file in backquotes.</param>
/// <param name="Scripts">Its <c>sh</c> blocks, in order.</param>
/// <param name="Expected">The lines of <c>text</c> blocks that follow a script: what the scripts print among other lines; … stands for anything.</param>
internal sealed partial record DocumentationPage(
    string Name, IReadOnlyList<(string Path, string Text)> Files, IReadOnlyList<string> Scripts, IReadOnlyList<string> Expected)
{
    /// <summary>The README files and everything under <c>docs</c>.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Repository.PathOf("samples"), "README.md", SearchOption.AllDirectories))
        .Append(Repository.PathOf("README.md")).Append(Repository.PathOf("CONTRIBUTING.md"))
        .Append(Repository.PathOf("src", "Gate.Tool", "README.md")).Append(Repository.PathOf("src", "Gate.MSBuild", "README.md"))
        .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal);

    /// <summary>Reads a page.</summary>
    public static DocumentationPage Read(string name)
    {
        List<(string, string)> files = [];
        List<string> scripts = [];
        List<string> expected = [];
        string before = "";
        string[] lines = File.ReadAllText(Repository.PathOf(name)).ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                before = lines[i].Length > 0 ? lines[i] : before;
                continue;
            }

            string[] block = [.. lines.Skip(i + 1).TakeWhile(line => line != "```")];
            switch (lines[i])
            {
                case "```sh":
                    scripts.Add(string.Join('\n', block));
                    break;
                case "```text" when scripts.Count > 0:
                    expected.AddRange(block);
                    break;
                case "```json" when FileName().Match(before) is { Success: true } file:
                    files.Add((file.Groups[1].Value, string.Join('\n', block) + "\n"));
                    break;
            }

            i += block.Length + 1;
        }

        return new DocumentationPage(name, files, scripts, expected);
    }

    // A file name in backquotes near the end of the paragraph before a block.
    [GeneratedRegex(@"`([a-z][\w/.-]*\.jsonl?)`[^`]*:$")]
    private static partial Regex FileName();
}
