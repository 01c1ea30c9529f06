using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>The top of the page: the verdict, its sentence, the key figures and the way to the rest.</summary>
internal static class VerdictBanner
{
    /// <summary>The header element.</summary>
    public static XElement Of(GateResults results)
    {
        Verdict verdict = results.Verdict;
        SuiteResult suite = results.Suite;
        SizeInfo size = results.Size;
        return El(
            "header", Class("banner " + StateLabel.ClassOf(verdict.State)),
            El("p", Class("product"), "Gate ", El("span", "knowledge retention report")),
            El("h1", Figures.State(verdict.State)),
            El("p", Class("summary"), verdict.Summary),
            El(
                "p", Class("subject"), El("code", results.Candidate.Path), El("span", Class("against"), " against "), El("code", results.Dense.Path),
                El("span", Class("exit"), $" · exit code {verdict.ExitCode}")),
            Caveats.Of(results).Select(note => El("p", Class("caveat"), El("span", Class("code"), note.Code), " ", note.Message)),
            El(
                "dl", Class("figures"),
                Figure("Sr", "semantic retention", Figures.Score(suite.SemanticRetention?.Value), Figures.Interval(suite.SemanticRetention)),
                Figure("TCr", size.Stated ? Figures.NotMeasured : "theoretical compression", Figures.Percent(size.TheoreticalCompressionRate), $"{Figures.Bits(size.BitsPerWeight)} bits per weight"),
                Figure("SrCr", suite.Formula, Figures.Score(suite.SrCr?.Value), suite.FormulaId),
                Figure("Packed size", "of dense at 16 bit", Figures.Percent((double)size.CandidatePackedBytes / size.DenseBytes16), Figures.Bytes(size.CandidatePackedBytes).Split(" (")[0]),
                Figure("Forgotten", "right before, wrong now", results.Forgotten.Length.ToString("N0"), $"of {suite.Items:N0} questions asked")),
            El(
                "nav", Attr("aria-label", "Sections"),
                El("ul", Links(results).Select(link => El("li", El("a", Attr("href", "#" + link.Id), link.Name))))));
    }

    private static XElement Figure(string name, string meaning, string value, string detail) => El(
        "div", El("dt", El("b", name), " ", El("span", meaning)), El("dd", El("span", Class("value"), value), " ", El("span", Class("detail"), detail)));

    private static IEnumerable<(string Id, string Name)> Links(GateResults results)
    {
        yield return ("rules", "Rules");
        yield return ("retention", "Retention");
        yield return ("sizes", "Sizes");
        yield return ("forgotten", "Forgotten");
        if (results.Compression is not null)
            yield return ("layers", "Layers");
        yield return ("questions", "Questions");
        yield return ("run", "Run");
    }
}
