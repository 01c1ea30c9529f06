using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>Markup as MarkupSafe escapes it.</summary>
internal static class HtmlEscape
{
    /// <summary>A text as markup; markup stays as it is.</summary>
    public static TextValue Once(TextValue text, WorkMeter work) => text.IsMarkup ? text : Always(text.Text, work);

    /// <summary>A text escaped, whatever it was.</summary>
    public static TextValue Always(string text, WorkMeter work)
    {
        work.Write(text.Length * 6L);
        return new TextValue(
            text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
                .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal),
            isMarkup: true);
    }
}
