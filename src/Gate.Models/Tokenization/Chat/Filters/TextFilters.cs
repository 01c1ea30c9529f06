using System.Text.RegularExpressions;
using Gate.Models.Tokenization.Chat.Operations;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>Filters that make texts.</summary>
internal static partial class TextFilters
{
    /// <summary>The filters by name.</summary>
    public static IReadOnlyDictionary<string, Func<FilterCall, TemplateValue>> All { get; } = new Dictionary<string, Func<FilterCall, TemplateValue>>
    {
        ["trim"] = Trim,
        ["upper"] = call => Cased(call, TextCase.Upper),
        ["lower"] = call => Cased(call, TextCase.Lower),
        ["title"] = call => Cased(call, Title),
        ["capitalize"] = call => Cased(call, TextCase.Capitalize),
        ["string"] = call => Without(call).SoftText,
        ["safe"] = call => new TextValue(Without(call).Text, isMarkup: true),
        ["escape"] = call => HtmlEscape.Once(Without(call).SoftText, call.Work),
        ["e"] = call => HtmlEscape.Once(Without(call).SoftText, call.Work),
        ["forceescape"] = call => HtmlEscape.Always(Without(call).Text, call.Work),
        ["replace"] = Replace,
        ["indent"] = Indent,
        ["truncate"] = Truncate,
        ["center"] = Center,
        ["format"] = call => new TextValue(PercentFormat.Apply(new TextValue(call.Text), SequenceValue.Tuple(call.Arguments.Positional), call.Work)),
        ["tojson"] = ToJson,
        ["wordcount"] = call => new IntegerValue(Word().Count(Without(call).Text)),
    };

    private static FilterCall Without(FilterCall call)
    {
        call.Bind(0);
        return call;
    }

    private static TextValue Cased(FilterCall call, Func<string, WorkMeter, string> change) => call.SoftText.With(change(Without(call).Text, call.Work));

    private static TextValue Trim(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "chars");
        return TextMethods.Strip(call.SoftText, bound[0] is null or NoneValue ? null : bound.Text(0), true, true, call.Work);
    }

    // Jinja's own rule: a word begins behind white space, a hyphen or an opening bracket.
    private static string Title(string text, WorkMeter work)
    {
        work.Write(text.Length);
        return string.Concat(WordBeginning().Split(text).Select(part => TextCase.Capitalize(part, work)));
    }

    private static TextValue Replace(FilterCall call)
    {
        BoundArguments bound = call.Bind(2, "old", "new", "count");
        long most = bound[2] is NoneValue ? -1 : bound.Integer(2, -1);
        return new TextValue(TextMethods.Replace(call.Text, TextForm.Of(bound[0]!, call.Work), TextForm.Of(bound[1]!, call.Work), most, call.Work));
    }

    private static TextValue Indent(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "width", "first", "blank");
        string indentation = bound[0] is TextValue text ? text.Text : Blanks(bound.Integer(0, 4), call.Work);
        List<string> lines = TextMethods.Lines(call.Text + "\n", keepEnds: false, call.Work);
        call.Work.Write(call.Text.Length + ((long)indentation.Length * lines.Count));
        bool indentsBlank = bound.IsTrue(2);
        string result = lines[0] + string.Concat(lines.Skip(1).Select(line => "\n" + (line.Length > 0 || indentsBlank ? indentation : "") + line));
        return call.SoftText.With(bound.IsTrue(1) ? indentation + result : result);
    }

    private static TextValue Truncate(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "length", "killwords", "end", "leeway");
        long length = bound.Integer(0, 255);
        string end = bound.Text(2, "...");
        long leeway = bound[3] is NoneValue ? 5 : bound.Integer(3, 5);
        string text = call.Text;
        string[] points = CodePointIndex.Split(text, call.Work) ?? [.. text.Select(unit => unit.ToString())];
        int endLength = CodePointIndex.Count(end, call.Work);
        if (length < endLength || leeway < 0)
            throw new TemplateFault($"'truncate': expected a length of at least {endLength} and a leeway of at least 0, found {length} and {leeway}");
        if (points.Length <= length + leeway)
            return call.SoftText;
        string kept = string.Concat(points.Take((int)(length - endLength)));
        int blank = kept.LastIndexOf(' ');
        return new TextValue((bound.IsTrue(1) || blank < 0 ? kept : kept[..blank]) + end);
    }

    private static TextValue Center(FilterCall call)
    {
        long width = call.Bind(0, "width").Integer(0, 80);
        int length = CodePointIndex.Count(call.Text, call.Work);
        if (width <= length)
            return call.SoftText;
        long padding = width - length;
        long left = (padding / 2) + (padding & width & 1);
        return call.SoftText.With(Blanks(left, call.Work) + call.Text + Blanks(padding - left, call.Work));
    }

    private static TextValue ToJson(FilterCall call)
    {
        BoundArguments bound = call.Bind(0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indentation = bound[1] is null or NoneValue ? null : bound[1] is TextValue text ? text.Text : Blanks(bound.Integer(1), call.Work);
        (string items, string keys) = (indentation is null ? ", " : ",", ": ");
        if (bound[2] is SequenceValue { Items: [TextValue first, TextValue second] })
            (items, keys) = (first.Text, second.Text);
        else if (bound[2] is not (null or NoneValue))
            throw new TemplateFault("'tojson': 'separators' must be two texts");
        try
        {
            return new TextValue(new JsonForm(bound.IsTrue(0), indentation, items, keys, bound.IsTrue(3)).Of(call.Input, call.Work));
        }
        catch (TemplateFault) when (call.Input is UndefinedValue undefined)
        {
            throw undefined.Fault;
        }
    }

    private static string Blanks(long count, WorkMeter work)
    {
        work.Write(count);
        return new string(' ', (int)Math.Max(0, count));
    }

    [GeneratedRegex(@"(?<beginning>[-\s({\[<]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WordBeginning();

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
