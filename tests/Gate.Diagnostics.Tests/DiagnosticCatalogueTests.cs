using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.Diagnostics.Tests;

public sealed partial class DiagnosticCatalogueTests
{
    [Fact]
    public void Codes_are_unique_ordered_and_complete()
    {
        string[] codes = [.. DiagnosticCatalogue.Entries.Select(entry => entry.Code)];

        Assert.Equal(codes.Order(StringComparer.Ordinal), codes);
        Assert.Equal(codes.Distinct(StringComparer.Ordinal), codes);
        Assert.All(DiagnosticCatalogue.Entries, entry =>
        {
            Assert.Matches("^GATE[1-69][0-9]{3}$", entry.Code);
            Assert.NotEmpty(entry.Title);
            Assert.NotEmpty(entry.Cause);
            Assert.NotEmpty(entry.Remedy);
        });
    }

    [Fact]
    public void Every_code_the_sources_print_is_explained_and_every_explained_code_is_printed()
    {
        HashSet<string> printed = [];
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("src"), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".targets"))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}Catalogue{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                continue;

            // Doc comments may give a code as an example; only string literals are printed.
            foreach (string line in File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
            {
                foreach (Match match in CodeInLiteral().Matches(line))
                    printed.Add(match.Value);
            }
        }

        HashSet<string> explained = [.. DiagnosticCatalogue.Entries.Select(entry => entry.Code)];

        Assert.Empty(printed.Except(explained).Order());
        Assert.Empty(explained.Except(printed).Order());
    }

    [GeneratedRegex("GATE[1-69][0-9]{3}")]
    private static partial Regex CodeInLiteral();
}
