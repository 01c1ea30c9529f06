using System.Globalization;
using System.Reflection;
using System.Text;
using Gate.Tests;

namespace Gate.Compression.Tests.Reference;

/// <summary>The table of reference cases in <c>docs/methods.md</c> counts the cases that the tests beside this one compare, each by its own rule.</summary>
public sealed class ReferenceTableTests
{
    private const string Before = "<!-- reference cases: made by ReferenceTableTests with GATE_UPDATE_DOCS=1 -->\n", After = "<!-- end of reference cases -->\n";

    private static readonly string[] Rules = ["exact", "exact_in_float32", "reconstruction"];

    private static readonly (string Method, string Gate)[] Methods =
    [
        ("magnitude_per_layer", "`magnitude`, a layer at a time"),
        ("magnitude_n_m", "`magnitude`, N:M"),
        ("magnitude_global", "`magnitude`, `granularity: global`"),
        ("torch_l1_unstructured", "`magnitude`, the exact count"),
        ("torch_ln_structured", "`l1-structured`"),
        ("wanda", "`wanda`"),
        ("wanda_n_m", "`wanda`, N:M"),
        ("sparsegpt", "`sparsegpt`"),
        ("sparsegpt_n_m", "`sparsegpt`, N:M"),
        ("sparsegpt_joint_quant", "`sparsegpt` and rounding in one sweep (`maskedPositions: joint`)"),
        ("rtn", "`rtn`"),
        ("gptq", "`gptq`"),
    ];

    [Fact]
    public void The_table_of_the_page_on_methods_counts_every_case_of_the_set()
    {
        string path = Repository.PathOf("docs", "methods.md"), page = File.ReadAllText(path), table = Render();
        int start = page.IndexOf(Before, StringComparison.Ordinal) + Before.Length, end = page.IndexOf(After, StringComparison.Ordinal);
        Assert.True(start >= Before.Length && end >= start, "docs/methods.md has no place for the table of reference cases");
        if (Environment.GetEnvironmentVariable("GATE_UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..start] + table + page[end..]);
        else
            Assert.Equal(table, page[start..end]);
    }

    [Fact]
    public void Every_case_of_the_set_is_compared_by_a_test_once()
    {
        IEnumerable<string> compared = new[] { typeof(MagnitudeReferenceTests), typeof(RoundToNearestReferenceTests), typeof(CalibratedReferenceTests) }
            .SelectMany(tests => tests.GetMethods().Select(test => test.GetCustomAttribute<MemberDataAttribute>()).OfType<MemberDataAttribute>()
                .SelectMany(data => (TheoryData<string>)tests.GetProperty(data.MemberName)!.GetValue(null)!))
            .Select(row => row.Data);
        Assert.Equal(ReferenceSet.Committed.Cases.Select(entry => entry.Name).Order(StringComparer.Ordinal), compared.Order(StringComparer.Ordinal));
    }

    private static string Render()
    {
        ILookup<string, string> rules = ReferenceSet.Committed.Cases.ToLookup(entry => entry.Method, entry => entry.Rule);
        Assert.Empty(rules.Select(method => method.Key).Except(Methods.Select(method => method.Method)));
        Assert.Empty(rules.SelectMany(rule => rule).Except(Rules));
        var table = new StringBuilder("| reference cases | in a recipe | cases | exact | exact in float32 | by reconstruction error | passed |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach ((string method, string gate) in Methods)
            Row($"`{method}`", gate, [.. rules[method]]);
        Row("**all**", "", [.. rules.SelectMany(rule => rule)]);
        return table.ToString();

        // A case that does not pass fails the build, so a page that is true to the set is true to the tests.
        void Row(string name, string gate, string[] found) => table.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {gate} | {found.Length} | {string.Join(" | ", Rules.Select(rule => found.Count(found => found == rule)))} | {found.Length} |\n");
    }
}
