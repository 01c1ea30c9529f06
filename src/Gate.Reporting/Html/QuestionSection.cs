using System.Xml.Linq;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>How the questions were asked: what two runs must share before their scores can be compared.</summary>
internal static class QuestionSection
{
    /// <summary>The section.</summary>
    public static XElement Of(GateResults results) => Section(
        "questions", "How the questions were asked",
        results.Dense.TokenizerHash == results.Candidate.TokenizerHash
            ? null
            : El("p", Class("warning"), "The two models do not share a tokenizer, so they were not asked the same tokens."),
        results.Tasks.Select(task => El(
            "article", El("h3", task.Title, " ", El("span", Class("plain"), $"{task.Kind}, {task.Protocol}")), Template(task.Prompt.Template),
            El(
                "dl", Class("facts"), SizeSection.Fact("Special tokens", task.Prompt.AddsSpecialTokens ? "added" : "not added"),
                SizeSection.Fact("Template", El("code", task.Prompt.TemplateHash)), SizeSection.Fact("Data", El("code", task.Prompt.DataHash))))));

    // Line ends of a template are part of the question: shown as such here, and everything else that is hidden is written out.
    private static XElement Template(string template) => template.Length == 0
        ? El("p", Class("note"), "No template: the text itself.")
        : El("div", Class("template"), template.Split('\n').Select(line => El("code", line)));
}
