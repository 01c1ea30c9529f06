using System.Xml.Linq;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>A table that becomes a list of cards on a narrow screen: each cell carries its column's head, and roles keep it a table for
/// assistive technology.</summary>
internal sealed class HtmlTable
{
    private readonly (string Head, string CssClass)[] _columns;
    private readonly XElement _body = El("tbody", Attr("role", "rowgroup"));
    private readonly XElement _table;

    /// <summary>An empty table.</summary>
    /// <param name="name">What the table is about, for assistive technology.</param>
    /// <param name="cssClass">Class of the table.</param>
    /// <param name="columns">Heads, and the class of each column's cells.</param>
    public HtmlTable(string name, string cssClass, params (string Head, string CssClass)[] columns)
    {
        _columns = columns;
        XElement heads = El("tr", Attr("role", "row"), columns.Select(column =>
            El("th", Attr("role", "columnheader"), Attr("scope", "col"), Class(column.CssClass), column.Head)));
        _table = El("table", Attr("role", "table"), Attr("aria-label", name), Class(cssClass), El("thead", Attr("role", "rowgroup"), heads), _body);
    }

    /// <summary>The finished table.</summary>
    public XElement Element => _table;

    /// <summary>Adds something to the head of the last column.</summary>
    public void AddToLastHead(XElement element) => _table.Descendants("th").Last().Add(element);

    /// <summary>Adds a row; each cell is text, an element or a sequence of them.</summary>
    /// <param name="attributes">Attributes of the row.</param>
    /// <param name="cells">One per column.</param>
    public void Add(object?[] attributes, params object?[] cells) =>
        _body.Add(El("tr", Attr("role", "row"), attributes, cells.Select((cell, i) =>
            El("td", Attr("role", "cell"), Class(_columns[i].CssClass), Attr("data-head", _columns[i].Head), cell))));
}
