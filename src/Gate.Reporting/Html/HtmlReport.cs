using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Renders <c>gate.html</c>: one self-contained page for light and dark screens and for paper.</summary>
/// <remarks>
/// <para>The page loads nothing and its content security policy forbids it to: only the style sheet and the script inside it are allowed, by
/// their hashes. It is complete without the script, which filters the list of forgotten questions and does nothing else.</para>
/// <para>It is well-formed XML as well as HTML. Every text that Gate did not write is escaped, on one line, with hidden characters written
/// out. The list of forgotten questions ends after <see cref="ForgottenSection.RowLimit"/> rows; <c>results.json</c> has all.</para>
/// </remarks>
public static class HtmlReport
{
    private static readonly string[] VoidElements = ["meta", "input", "br"];

    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    /// <summary>The page of a result.</summary>
    public static string Render(GateResults results)
    {
        XElement page = El(
            "html", Attr("lang", "en"),
            El(
                "head",
                El("meta", Attr("charset", "utf-8")),
                El("meta", Attr("http-equiv", "Content-Security-Policy"), Attr("content", Policy)),
                El("meta", Attr("name", "viewport"), Attr("content", "width=device-width, initial-scale=1")),
                El("meta", Attr("name", "color-scheme"), Attr("content", "light dark")),
                El("meta", Attr("name", "referrer"), Attr("content", "no-referrer")),
                El("title", $"Gate: {Figures.State(results.Verdict.State)}"),
                El("style", Verbatim(Style))),
            El(
                "body",
                El("a", Class("skip"), Attr("href", "#rules"), "Skip to the rules"),
                VerdictBanner.Of(results),
                El("main", RuleSection.Of(results), RetentionSection.Of(results), SizeSection.Of(results), ForgottenSection.Of(results),
                    LayerSection.Of(results), QuestionSection.Of(results), RunSection.Of(results)),
                El("footer", RunSection.Footer(results)),
                El("script", Verbatim(Script))));
        return "<!DOCTYPE html>\n" + Serialize(page) + "\n";
    }

    private static string Policy =>
        $"default-src 'none'; style-src 'sha256-{Hash(Style)}'; script-src 'sha256-{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    private static string Serialize(XElement page)
    {
        // HTML knows no self-closing form of elements such as td and div.
        foreach (XElement element in page.Descendants().Where(e => e.IsEmpty && !VoidElements.Contains(e.Name.LocalName)).ToArray())
            element.Value = "";
        StringBuilder text = new();
        XmlWriterSettings settings = new()
        {
            OmitXmlDeclaration = true,
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
            NewLineHandling = NewLineHandling.None,
        };
        using (XmlWriter writer = XmlWriter.Create(text, settings))
            page.WriteTo(writer);
        return text.ToString();
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return "\n" + reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
