using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Sources;

/// <summary>The functions of expressions. A function of texts is applied to each text of a list.</summary>
internal static class FieldFunctions
{
    private sealed record Function(string Name, int Arguments, string Description);

    private static readonly ImmutableArray<(Function Function, Func<string, ImmutableArray<string>, string?> Apply)> _ofTexts =
    [
        (new("strip", 0, "without white space at both ends, as Python's strip"), (text, _) => PythonText.Strip(text)),
        (new("lstrip", 0, "without white space at its start"), (text, _) => PythonText.TrimStart(text)),
        (new("rstrip", 0, "without white space at its end"), (text, _) => PythonText.TrimEnd(text)),
        (new("lower", 0, "in lower case, as Python's lower"), (text, _) => PythonText.Lower(text)),
        (new("capitalize", 0, "first character in upper case, all others in lower case, as Python's capitalize"), (text, _) => PythonText.Capitalize(text)),
        (new("replace", 2, "every first text replaced by the second"), (text, with) => text.Replace(with[0], with[1], StringComparison.Ordinal)),
        (new("before", 1, "what stands before the first occurrence of a text, which must be there"), (text, with) => Cut(text, with[0], (at, _) => text[..at])),
        (new("after", 1, "what stands behind the first occurrence of a text, which must be there"), (text, with) => Cut(text, with[0], (_, end) => text[end..])),
        (new("beforeLast", 1, "what stands before the last occurrence of a text; nothing without one"),
            (text, with) => text[..Math.Max(0, text.LastIndexOf(with[0], StringComparison.Ordinal))]),
        (new("afterLast", 1, "what stands behind the last occurrence of a text; all without one"),
            (text, with) => text.LastIndexOf(with[0], StringComparison.Ordinal) is var at and >= 0 ? text[(at + with[0].Length)..] : text),
        (new("take", 1, "the first so many characters (code points)"), (text, with) => PythonText.Take(text, int.Parse(with[0], CultureInfo.InvariantCulture))),
        (new("hellaswag", 0, "as HellaSwag is prepared: [title] becomes a full stop, other brackets go"), (text, _) => PublishedTexts.HellaSwag(text)),
        (new("wikitext", 0, "WikiText without its tokenisation, as the harness undoes it"), (text, _) => PublishedTexts.Wikitext(text)),
        (new("boxed", 0, "what the last \\boxed{ } holds"), (text, _) => MathText.LastBoxed(text) is { } box ? MathText.RemoveBox(box) : null),
        (new("mathForm", 0, "a final answer in Minerva's normal form"), (text, _) => MathText.MinervaForm(text)),
    ];

    private static readonly ImmutableArray<Function> _ofLists =
    [
        new("json", 0, "the list that stands as JSON in a text"),
        new("keys", 0, "the names of an object's fields, in order"),
        new("values", 0, "the values of an object's fields, in order"),
        new("lines", 0, "the lines of a text that are not empty, without white space at their ends"),
        new("split", 1, "the parts of a text between a separator"),
        new("join", 1, "the texts of a list with a separator between them"),
        new("options", 0, "the texts of a list as lettered lines: A. one, B. two"),
        new("first", 0, "the first text of a list"),
        new("flat", 0, "all texts of lists in lists, as one list"),
        new("letter", 0, "the letter of a place from 0; a letter stays one"),
        new("fill", 2, "every occurrence of a text replaced by the value of another field"),
        new("mostly", 1, "true when at least half of the texts of a list are this one, else false"),
    ];

    /// <summary>Names and what they do, for the reference page.</summary>
    public static IEnumerable<(string Name, int Arguments, string Description)> Descriptions =>
        _ofTexts.Select(each => each.Function).Concat(_ofLists).Select(function => (function.Name, function.Arguments, function.Description));

    /// <summary>What is wrong with a call, or null.</summary>
    public static string? Refuse(FieldCall call)
    {
        Function? function = _ofTexts.Select(each => each.Function).Concat(_ofLists).FirstOrDefault(candidate => candidate.Name == call.Name);
        return function is null
            ? $"there is no function '{call.Name}'; use one of: {string.Join(", ", Descriptions.Select(each => each.Name))}"
            : function.Arguments != call.Arguments.Length ? $"'{call.Name}' takes {function.Arguments} texts in parentheses, found {call.Arguments.Length}"
            : call.Name == "take" && !int.TryParse(call.Arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "'take' takes a number" : null;
    }

    /// <summary>A function applied to a value.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: the value is not what the function takes.</exception>
    public static FieldValue Apply(FieldCall call, FieldValue value, DataRecord record, string field)
    {
        (Function? function, Func<string, ImmutableArray<string>, string?>? apply) = _ofTexts.FirstOrDefault(each => each.Function.Name == call.Name);
        if (function is null)
            return OfList(call, value, record, field);
        ImmutableArray<string> texts = record.Texts(field, value) ?? throw record.Wrong(field, "a text or a list of texts", DataRecord.Describe(value));
        ImmutableArray<string> made = [.. texts.Select(text => apply!(text, call.Arguments)
            ?? throw record.Wrong(field, $"a text that '{call.Name}' finds something in", $"'{Shorten(text)}'"))];
        return IsList(value) ? FieldValue.Of(made) : FieldValue.Of(made[0]);
    }

    private static FieldValue OfList(FieldCall call, FieldValue value, DataRecord record, string field)
    {
        switch (call.Name)
        {
            case "json":
                return ParseJson(Single(), record, field);
            case "keys":
                return FieldValue.Of(Object().EnumerateObject().Select(property => property.Name));
            case "values":
                return FieldValue.Of(Object().EnumerateObject().Select(property => property.Value.ToString()));
            case "lines":
                return FieldValue.Of(Single().Split('\n').Select(PythonText.Strip).Where(line => line.Length > 0));
            case "split":
                return FieldValue.Of(Single().Split(call.Arguments[0]));
            case "join":
                return FieldValue.Of(string.Join(call.Arguments[0], Many()));
            case "first":
                return FieldValue.Of(Many() is [string first, ..] ? first : throw record.Wrong(field, "a list of at least one text", "an empty list"));
            case "flat":
                return FieldValue.Of(Flat(value.Json ?? throw record.Wrong(field, "a list", DataRecord.Describe(value)), record, field));
            case "letter":
                return FieldValue.Of(int.TryParse(Single(), NumberStyles.None, CultureInfo.InvariantCulture, out int place) ? ((char)('A' + place)).ToString() : Single());
            case "fill":
                return FieldValue.Of(Single().Replace(call.Arguments[0], record.RequireText(call.Arguments[1]), StringComparison.Ordinal));
            case "mostly":
                return FieldValue.Of(2 * Many().Count(text => text == call.Arguments[0]) >= Many().Length ? "true" : "false");
            default:
                return FieldValue.Of(string.Concat(Many().Select((text, index) => $"{(char)('A' + index)}. {text}\n")));
        }

        string Single() => record.Texts(field, value) is [string text] && !IsList(value) ? text : throw record.Wrong(field, "a text", DataRecord.Describe(value));

        ImmutableArray<string> Many() => record.Texts(field, value) ?? throw record.Wrong(field, "a list of texts", DataRecord.Describe(value));

        JsonElement Object() => value.Json is { ValueKind: JsonValueKind.Object } json ? json : throw record.Wrong(field, "an object", DataRecord.Describe(value));
    }

    private static IEnumerable<string> Flat(JsonElement json, DataRecord record, string field) => json.ValueKind == JsonValueKind.Array
        ? json.EnumerateArray().SelectMany(element => Flat(element, record, field))
        : record.Texts(field, FieldValue.Of(json)) ?? throw record.Wrong(field, "texts in lists", DataRecord.Describe(json));

    private static FieldValue ParseJson(string text, DataRecord record, string field)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return FieldValue.Of(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            throw record.Wrong(field, "JSON inside a text", $"'{Shorten(text)}' ({exception.Message.Split(". ")[0]})");
        }
    }

    private static bool IsList(FieldValue value) => value.Texts is not null || value.Json is { ValueKind: JsonValueKind.Array };

    private static string? Cut(string text, string separator, Func<int, int, string> part)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? null : part(at, at + separator.Length);
    }

    private static string Shorten(string text)
    {
        StringBuilder shown = new(text.Length > 60 ? text[..60] + "…" : text);
        return shown.Replace('\n', ' ').ToString();
    }
}
