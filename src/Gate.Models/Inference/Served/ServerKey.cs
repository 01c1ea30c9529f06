using System.Text.RegularExpressions;
using Gate.Diagnostics;

namespace Gate.Models.Inference.Served;

/// <summary>The key of a server: what goes into the header of every request and into nothing else, whatever the server says back.</summary>
internal sealed class ServerKey
{
    private const string Mark = "***";

    // A shorter one stands in ordinary words, and would garble messages without keeping a secret.
    private const int ShortestRedacted = 4;

    private readonly Regex? _spellings;

    private ServerKey(string text)
    {
        Text = text;
        if (text.Length >= ShortestRedacted)
            _spellings = new Regex(string.Concat(text.Select(Spellings)), RegexOptions.CultureInvariant);
    }

    /// <summary>The key as it goes into the header.</summary>
    public string Text { get; }

    /// <summary>The key in the variable that a served model names; null when it names none.</summary>
    /// <param name="settings">The served model.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="GateException">Exit 4 (GATE6002): the variable is not set, or holds what no header can carry.</exception>
    public static ServerKey? Find(ServedModelSettings settings, Func<string, string?> environment)
    {
        if (settings.ApiKeyVariable is not { } variable)
            return null;
        string key = environment(variable)?.Trim() ?? "";
        if (key.Length == 0)
        {
            throw Refuse(
                settings, $"expected the key in the environment variable {variable}, found it empty or unset",
                $"Set {variable}, or leave 'apiKeyVariable' out for a server without keys.");
        }

        return key.All(c => c is > ' ' and <= '~') ? new ServerKey(key) : throw Refuse(
            settings, $"expected a key of visible ASCII characters in the environment variable {variable}, found others", $"Set {variable} to the key alone.");
    }

    /// <summary>A text in which the key is masked, however it is spelt: as it is, escaped for JSON, a URL or HTML, in any mixture.</summary>
    public string Redact(string text) => _spellings?.Replace(text, Mark) ?? text;

    /// <summary>Whether the key stands in a text as it is.</summary>
    public bool IsIn(string text) => _spellings is not null && text.Contains(Text, StringComparison.Ordinal);

    private static string Spellings(char c)
    {
        string hexadecimal = string.Concat($"{(int)c:x2}".Select(digit => char.IsAsciiLetter(digit) ? $"[{digit}{char.ToUpperInvariant(digit)}]" : $"{digit}"));
        string named = c switch { '&' => "|&amp;", '<' => "|&lt;", '>' => "|&gt;", '"' => "|&quot;", '\'' => "|&apos;", _ => "" };
        return $@"(?:\\*{Regex.Escape($"{c}")}|\\+u00{hexadecimal}|%{hexadecimal}|&#0*{(int)c};|&#[xX]0*{hexadecimal};{named})";
    }

    private static GateException Refuse(ServedModelSettings settings, string what, string remedy) => GateException.Input(
        "GATE6002", $"{settings.File}: 'apiKeyVariable': {what}", new SourceLocation(settings.File), remedy);
}
