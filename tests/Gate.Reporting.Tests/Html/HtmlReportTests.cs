using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Gate.Reporting.Html;
using Gate.Reporting.Text;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Html;

public sealed partial class HtmlReportTests
{
    public static TheoryData<string> Samples => ApprovedReportTests.Samples;

    [Theory, MemberData(nameof(Samples))]
    public void The_page_is_as_approved_and_well_formed(string name)
    {
        string page = HtmlReport.Render(ApprovedReportTests.Sample(name));
        Expected.Matches(name + ".html", page);
        XElement root = Parse(page);
        string[] ids = [.. root.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        foreach (XAttribute reference in root.Descendants().Attributes().Where(a => a.Name.LocalName is "aria-labelledby" or "for"))
            Assert.Contains(reference.Value, ids);
        foreach (XAttribute link in root.Descendants().Attributes("href"))
            Assert.Contains(link.Value.TrimStart('#'), ids);
    }

    [Theory, MemberData(nameof(Samples))]
    public void Nothing_is_fetched_and_the_policy_forbids_it(string name)
    {
        string page = HtmlReport.Render(ApprovedReportTests.Sample(name));
        XElement root = Parse(page);
        Assert.DoesNotContain(root.Descendants().Attributes(), a => a.Name.LocalName is "src" or "srcset" or "action" or "data" or "style" or "poster"
            || a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.All(root.Descendants().Attributes("href"), link => Assert.StartsWith("#", link.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(root.Descendants(), e => e.Name.LocalName is "link" or "img" or "iframe" or "object" or "embed" or "base" or "form");
        string policy = root.Descendants("meta").Single(m => (string?)m.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains($"style-src 'sha256-{Hash(page, "style")}'", policy, StringComparison.Ordinal);
        Assert.Contains($"script-src 'sha256-{Hash(page, "script")}'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", Between(page, "style"), StringComparison.Ordinal);
        Assert.DoesNotContain("@import", Between(page, "style"), StringComparison.Ordinal);
        if (name != "hostile")
            Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Style_and_script_are_what_a_browser_reads()
    {
        // XML would escape these three; HTML does not undo that inside style and script.
        string page = HtmlReport.Render(SampleResults.Pass);
        Assert.DoesNotMatch("[&<>]", Between(page, "style"));
        Assert.DoesNotMatch("[&<>]", Between(page, "script"));
    }

    [Fact]
    public void Hostile_text_is_text() =>
        Prop.ForAll<string>(text =>
        {
            string hostile = (text ?? "") + HostileText.Everything;
            GateResults results = SampleResults.Hostile(hostile);
            results = results with
            {
                Forgotten = [.. results.Forgotten.Take(3)],
                Compression = results.Compression! with { Layers = [.. results.Compression.Layers.Take(2)] },
            };
            string page = HtmlReport.Render(results);
            XElement root = Parse(page);
            Assert.Single(root.Descendants("script"));
            Assert.Single(root.Descendants("style"));
            Assert.DoesNotMatch("[\\p{Cc}-[\n]]", page);
            XElement[] rows = [.. root.Descendants("table").Single(t => (string?)t.Attribute("id") == "forgotten-table").Descendants("tbody").Elements("tr")];
            string shown = VisibleText.Of(hostile, 1000);
            Assert.All(rows, row => Assert.Equal([shown, shown, shown], row.Elements("td").Skip(1).Take(3).Select(cell => cell.Value)));
            return rows.Length == 3;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_of_the_page_addresses_a_runner()
    {
        string page = HtmlReport.Render(SampleResults.Hostile(HostileText.Everything + "\n::error::x\n##[group]y"));
        Assert.DoesNotContain(page.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_void_element_and_no_other_closes_itself()
    {
        string page = HtmlReport.Render(SampleResults.Fail);
        string[] selfClosed = [.. SelfClosed().Matches(page).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Empty(selfClosed.Except(["meta", "input", "br"]));
    }

    [Fact]
    public void A_rule_interval_is_drawn_against_its_limit()
    {
        XElement root = Parse(HtmlReport.Render(SampleResults.Fail));
        XElement drawing = root.Descendants("svg").First(svg => (string?)svg.Attribute("aria-labelledby") == "rule-1");
        Assert.Equal("retention 0.910 [0.894, 0.925], limit at least 0.950: fail", drawing.Element("title")!.Value);
        XElement range = drawing.Elements("rect").Single(rect => (string?)rect.Attribute("class") == "range");
        Assert.True((double)range.Attribute("x")! + (double)range.Attribute("width")! < 110, "the interval of a breached floor lies left of the limit");
    }

    [Fact]
    public void Complaint_08_what_was_not_measured_has_no_drawing_and_no_number()
    {
        XElement root = Parse(HtmlReport.Render(SampleResults.NotMeasured));
        XElement row = root.Descendants("table").First().Descendants("tbody").Elements("tr").First();
        Assert.Contains("not measured", row.Value, StringComparison.Ordinal);
        Assert.Contains("n/a", row.Value, StringComparison.Ordinal);
        Assert.Empty(row.Descendants("svg"));
    }

    [Fact]
    public void Each_layer_is_drawn_once_per_panel_and_named()
    {
        XElement root = Parse(HtmlReport.Render(SampleResults.Fail));
        XElement[] panels = [.. root.Descendants("svg").Where(svg => (string?)svg.Attribute("class") == "layers")];
        Assert.Equal(4, panels.Length);
        Assert.All(panels, panel => Assert.Equal(28, panel.Elements("rect").Count(rect => rect.Element("title")!.Value.StartsWith("model.layers.", StringComparison.Ordinal))));
        Assert.DoesNotContain("id=\"layers\"", HtmlReport.Render(SampleResults.Fail with { Compression = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_draw_nothing_wrong()
    {
        Estimate broken = new(double.NaN, double.NegativeInfinity, double.PositiveInfinity);
        GateResults results = SampleResults.Fail with
        {
            Verdict = SampleResults.Fail.Verdict with { Rules = [.. SampleResults.Fail.Verdict.Rules.Select(rule => rule with { Measured = broken, Limit = double.NaN })] },
            Size = SampleResults.Fail.Size with { DenseBytes16 = 0, BitsPerWeight = double.NaN },
            Compression = SampleResults.Fail.Compression! with
            {
                Layers = [.. SampleResults.Fail.Compression.Layers.Select(layer => layer with { Bits = double.NaN, WeightError = double.PositiveInfinity })],
            },
        };
        XElement root = Parse(HtmlReport.Render(results));
        Assert.All(
            root.Descendants("rect").Attributes().Where(a => a.Name.LocalName is "x" or "y" or "width" or "height"),
            a => Assert.True(double.IsFinite((double)a) && (double)a >= 0, a.ToString()));
    }

    [Fact]
    public void The_forgotten_list_is_capped_and_says_so()
    {
        string page = HtmlReport.Render(SampleResults.Fail with { Forgotten = SampleTasks.Forgotten(5100) });
        Assert.Contains("The last 100 are left out here; results.json has all.", page, StringComparison.Ordinal);
    }

    private static XElement Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
        return XElement.Parse(page["<!DOCTYPE html>\n".Length..]);
    }

    private static string Between(string page, string element)
    {
        int start = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        return page[start..page.IndexOf($"</{element}>", start, StringComparison.Ordinal)];
    }

    private static string Hash(string page, string element) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Between(page, element))));

    [GeneratedRegex("<([a-z0-9]+)[^<>]*/>")]
    private static partial Regex SelfClosed();
}
