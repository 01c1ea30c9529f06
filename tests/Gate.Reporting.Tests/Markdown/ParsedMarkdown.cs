using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Gate.Reporting.Tests.Markdown;

/// <summary>A report read back by a Markdown parser with every extension switched on.</summary>
internal sealed class ParsedMarkdown(string text)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().UseEmojiAndSmiley(enableSmileys: false).Build();

    public MarkdownDocument Document { get; } = Markdig.Markdown.Parse(text, Pipeline);

    /// <summary>Rows of all tables whose heads are as given, without the head, as plain text.</summary>
    public IEnumerable<string[]> Rows(params string[] columns) =>
        Document.Descendants<Table>()
            .Where(table => Cells((TableRow)table[0]).SequenceEqual(columns.Select(column => column.TrimStart('>'))))
            .SelectMany(table => table.Skip(1).Cast<TableRow>())
            .Select(Cells);

    /// <summary>All plain text of a block; fails on anything that is more than text, emphasis or a line break.</summary>
    public static string TextOf(MarkdownObject block) => string.Concat(block.Descendants<Inline>().Select(inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        LineBreakInline => " ",
        EmphasisInline => "",
        _ => inline.GetType() == typeof(ContainerInline) ? "" : throw new InvalidOperationException($"text became {inline.GetType().Name}"),
    }));

    private static string[] Cells(TableRow row) => [.. row.Cast<TableCell>().Select(TextOf)];
}
