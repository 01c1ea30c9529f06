using System.Globalization;
using System.Xml.Linq;
using Gate.Reporting.Text;

namespace Gate.Reporting.Html;

/// <summary>Builds elements. Text becomes visible text and is escaped by the writer, so no caller can forget either.</summary>
internal static class Markup
{
    /// <summary>An element; content is text, attributes, elements, or sequences of them; null is left out.</summary>
    public static XElement El(string name, params object?[] content) => new(name, content.Select(Clean));

    /// <summary>An attribute.</summary>
    public static XAttribute Attr(string name, string value) => new(name, VisibleText.Of(value));

    /// <summary>An attribute with a coordinate or length, to two decimals.</summary>
    public static XAttribute Attr(string name, double value) => new(name, Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>The class attribute.</summary>
    public static XAttribute Class(string names) => new("class", names);

    /// <summary>Text of Gate's own that keeps its line ends, such as a style sheet.</summary>
    public static XText Verbatim(string text) => new(text);

    /// <summary>A section with a heading that can be linked to.</summary>
    public static XElement Section(string id, string heading, params object?[] content) =>
        El("section", Attr("id", id), Attr("aria-labelledby", id + "-heading"), El("h2", Attr("id", id + "-heading"), heading), content);

    private static object? Clean(object? content) => content switch
    {
        string text => VisibleText.WithSpace(text),
        XObject node => node,
        System.Collections.IEnumerable many => many.Cast<object?>().Select(Clean).ToArray(),
        _ => content,
    };
}
