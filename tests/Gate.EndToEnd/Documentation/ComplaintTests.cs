using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.EndToEnd.Documentation;

/// <summary>
/// Twenty-five complaints that users of such tools have filed elsewhere and must not file here. Each has a test that bears its number: in its name
/// (<c>Complaint_04_…</c>) or as the trait <c>Complaint</c>.
/// </summary>
public sealed partial class ComplaintTests
{
    [Fact]
    public void Every_complaint_has_a_test_with_its_number()
    {
        HashSet<int> numbers = [];
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in Number().Matches(File.ReadAllText(file)))
                numbers.Add(int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(Enumerable.Range(1, 25), numbers.Order());
    }

    [GeneratedRegex("""(?:void Complaint_|Trait\("Complaint", ")([0-9]{2})""")]
    private static partial Regex Number();
}
