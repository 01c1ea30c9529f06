using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Gate.Models.Tokenization.Chat.Values;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Chat.Operations;

/// <summary>The methods of Python's <c>str</c> that templates use.</summary>
internal static class TextMethods
{
    private static readonly FrozenDictionary<string, Func<TextValue, CallArguments, WorkMeter, TemplateValue>> Table =
        new Dictionary<string, Func<TextValue, CallArguments, WorkMeter, TemplateValue>>
        {
            ["strip"] = (text, arguments, work) => Strip(text, arguments, true, true, work),
            ["lstrip"] = (text, arguments, work) => Strip(text, arguments, true, false, work),
            ["rstrip"] = (text, arguments, work) => Strip(text, arguments, false, true, work),
            ["split"] = (text, arguments, work) => Split(text, arguments, false, work),
            ["rsplit"] = (text, arguments, work) => Split(text, arguments, true, work),
            ["splitlines"] = SplitLines,
            ["partition"] = (text, arguments, work) => Partition(text, arguments, false, work),
            ["rpartition"] = (text, arguments, work) => Partition(text, arguments, true, work),
            ["startswith"] = (text, arguments, work) => HasAffix(text, arguments, "startswith", (whole, part) => whole.StartsWith(part, StringComparison.Ordinal)),
            ["endswith"] = (text, arguments, work) => HasAffix(text, arguments, "endswith", (whole, part) => whole.EndsWith(part, StringComparison.Ordinal)),
            ["removeprefix"] = (text, arguments, _) => RemoveAffix(text, arguments, true),
            ["removesuffix"] = (text, arguments, _) => RemoveAffix(text, arguments, false),
            ["replace"] = Replace,
            ["upper"] = (text, arguments, work) => text.With(TextCase.Upper(Plain(text, arguments, "upper"), work)),
            ["lower"] = (text, arguments, work) => text.With(TextCase.Lower(Plain(text, arguments, "lower"), work)),
            ["title"] = (text, arguments, work) => text.With(TextCase.Title(Plain(text, arguments, "title"), work)),
            ["capitalize"] = (text, arguments, work) => text.With(TextCase.Capitalize(Plain(text, arguments, "capitalize"), work)),
            ["find"] = (text, arguments, work) => Place(text, arguments, "find", (whole, part) => whole.IndexOf(part, StringComparison.Ordinal), work),
            ["rfind"] = (text, arguments, work) => Place(text, arguments, "rfind", (whole, part) => whole.LastIndexOf(part, StringComparison.Ordinal), work),
            ["index"] = (text, arguments, work) => Place(text, arguments, "index", (whole, part) => whole.IndexOf(part, StringComparison.Ordinal), work),
            ["count"] = (text, arguments, work) => new IntegerValue(Occurrences(text.Text, arguments.Bind("count", 1, "text").Text(0), work)),
            ["join"] = Join,
            ["format"] = (text, arguments, work) => new TextValue(PercentFormat.Braces(RefuseMarkup(text, "format"), arguments, work)),
            ["isdigit"] = (text, arguments, _) => All(Plain(text, arguments, "isdigit"), Rune.IsDigit),
            ["isalpha"] = (text, arguments, _) => All(Plain(text, arguments, "isalpha"), Rune.IsLetter),
            ["isalnum"] = (text, arguments, _) => All(Plain(text, arguments, "isalnum"), rune => Rune.IsLetter(rune) || Rune.IsNumber(rune)),
            ["isspace"] = (text, arguments, _) => All(Plain(text, arguments, "isspace"), rune => rune.IsBmp && PythonText.IsWhiteSpace((char)rune.Value)),
            ["isupper"] = (text, arguments, work) => BooleanValue.Of(TextCase.IsUpper(Plain(text, arguments, "isupper"), work)),
            ["islower"] = (text, arguments, work) => BooleanValue.Of(TextCase.IsLower(Plain(text, arguments, "islower"), work)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A method, or null when there is none of that name.</summary>
    public static Func<TextValue, CallArguments, WorkMeter, TemplateValue>? Find(string name) => Table.GetValueOrDefault(name);

    /// <summary><c>str.strip</c> and its halves.</summary>
    public static TextValue Strip(TextValue text, string? characters, bool fromStart, bool fromEnd, WorkMeter work)
    {
        work.Search(text.Text, characters ?? "");
        HashSet<Rune>? set = characters is null ? null : [.. characters.EnumerateRunes()];
        int start = 0;
        int end = text.Text.Length;
        while (fromStart && start < end && Rune.DecodeFromUtf16(text.Text.AsSpan(start, end - start), out Rune rune, out int units) == OperationStatus.Done && Goes(rune))
            start += units;
        while (fromEnd && end > start && Rune.DecodeLastFromUtf16(text.Text.AsSpan(start, end - start), out Rune rune, out int units) == OperationStatus.Done && Goes(rune))
            end -= units;
        return text.With(text.Text[start..end]);

        bool Goes(Rune rune) => set?.Contains(rune) ?? (rune.IsBmp && PythonText.IsWhiteSpace((char)rune.Value));
    }

    /// <summary><c>str.replace</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="old">What is replaced.</param>
    /// <param name="by">What by.</param>
    /// <param name="most">How often at most, from the left; below 0 always.</param>
    /// <param name="work">The work done.</param>
    public static string Replace(string text, string old, string by, long most, WorkMeter work)
    {
        if (old.Length == 0)
            throw new UnknownConstructFault("replacing the empty text is not supported");
        long times = Occurrences(text, old, work);
        times = most < 0 ? times : Math.Min(times, most);
        work.Write(text.Length + (times * Math.Max(0, by.Length - old.Length)));
        if (times == 0)
            return text;
        var result = new StringBuilder();
        int from = 0;
        for (long i = 0; i < times; i++)
        {
            int place = text.IndexOf(old, from, StringComparison.Ordinal);
            result.Append(text, from, place - from).Append(by);
            from = place + old.Length;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    /// <summary><c>str.splitlines</c>.</summary>
    public static List<string> Lines(string text, bool keepEnds, WorkMeter work)
    {
        work.Write(text.Length);
        List<string> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            int end = i;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                i++;
            lines.Add(text[start..(keepEnds ? i + 1 : end)]);
            start = i + 1;
            work.Step();
        }

        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    private static TextValue Strip(TextValue text, CallArguments arguments, bool fromStart, bool fromEnd, WorkMeter work)
    {
        BoundArguments bound = arguments.Bind("strip", 0, "characters");
        return Strip(text, bound[0] is null or NoneValue ? null : bound.Text(0), fromStart, fromEnd, work);
    }

    private static SequenceValue Split(TextValue text, CallArguments arguments, bool fromEnd, WorkMeter work)
    {
        BoundArguments bound = arguments.Bind("split", 0, "sep", "maxsplit");
        long most = bound.Integer(1, -1);
        string? separator = bound[0] is null or NoneValue ? null : bound.Text(0);
        if (separator is { Length: 0 })
            throw new TemplateFault("'split': the separator is empty");
        work.Search(text.Text, separator ?? "");
        List<string> parts = separator is null ? SplitAtWhiteSpace(text.Text, most, fromEnd) : SplitAt(text.Text, separator, most, fromEnd);
        work.Step(parts.Count);
        return SequenceValue.List(parts.Select(text.With));
    }

    private static List<string> SplitAt(string text, string separator, long most, bool fromEnd)
    {
        if (most < 0)
            return [.. text.Split(separator)];
        List<string> parts = [];
        for (; most > 0; most--)
        {
            int place = fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
            if (place < 0)
                break;
            parts.Add(fromEnd ? text[(place + separator.Length)..] : text[..place]);
            text = fromEnd ? text[..place] : text[(place + separator.Length)..];
        }

        parts.Add(text);
        if (fromEnd)
            parts.Reverse();
        return parts;
    }

    private static List<string> SplitAtWhiteSpace(string text, long most, bool fromEnd)
    {
        if (most < 0)
            return [.. PythonText.Split(text)];
        if (fromEnd)
            throw new UnknownConstructFault("'rsplit' with a bound and no separator is not supported");
        List<string> parts = [];
        text = TrimStart(text);
        while (text.Length > 0 && parts.Count < most)
        {
            int end = 0;
            while (end < text.Length && !PythonText.IsWhiteSpace(text[end]))
                end++;
            parts.Add(text[..end]);
            text = TrimStart(text[end..]);
        }

        if (text.Length > 0)
            parts.Add(text);
        return parts;

        static string TrimStart(string text) => PythonText.Strip(text + "|")[..^1];
    }

    private static SequenceValue SplitLines(TextValue text, CallArguments arguments, WorkMeter work) =>
        SequenceValue.List(Lines(text.Text, arguments.Bind("splitlines", 0, "keepends").IsTrue(0), work).Select(text.With));

    private static SequenceValue Partition(TextValue text, CallArguments arguments, bool fromEnd, WorkMeter work)
    {
        string separator = arguments.Bind("partition", 1, "sep").Text(0);
        if (separator.Length == 0)
            throw new TemplateFault("'partition': the separator is empty");
        work.Search(text.Text, separator);
        int place = fromEnd ? text.Text.LastIndexOf(separator, StringComparison.Ordinal) : text.Text.IndexOf(separator, StringComparison.Ordinal);
        string[] parts = place >= 0 ? [text.Text[..place], separator, text.Text[(place + separator.Length)..]]
            : fromEnd ? ["", "", text.Text] : [text.Text, "", ""];
        return SequenceValue.Tuple(parts.Select(text.With));
    }

    private static BooleanValue HasAffix(TextValue text, CallArguments arguments, string name, Func<string, string, bool> has)
    {
        BoundArguments bound = arguments.Bind(name, 1, "affix");
        return BooleanValue.Of(bound[0] is SequenceValue { Kind: SequenceKind.Tuple } affixes
            ? affixes.Items.Any(affix => has(text.Text, (affix as TextValue)?.Text ?? throw new TemplateFault($"'{name}': expected texts, found a value of type '{affix.TypeName}'")))
            : has(text.Text, bound.Text(0)));
    }

    private static TextValue RemoveAffix(TextValue text, CallArguments arguments, bool atStart)
    {
        string affix = arguments.Bind(atStart ? "removeprefix" : "removesuffix", 1, "affix").Text(0);
        if (affix.Length == 0 || !(atStart ? text.Text.StartsWith(affix, StringComparison.Ordinal) : text.Text.EndsWith(affix, StringComparison.Ordinal)))
            return text;
        return text.With(atStart ? text.Text[affix.Length..] : text.Text[..^affix.Length]);
    }

    private static TextValue Replace(TextValue text, CallArguments arguments, WorkMeter work)
    {
        BoundArguments bound = arguments.Bind("replace", 2, "old", "new", "count");
        return new TextValue(Replace(RefuseMarkup(text, "replace"), bound.Text(0), bound.Text(1), bound.Integer(2, -1), work));
    }

    private static IntegerValue Place(TextValue text, CallArguments arguments, string name, Func<string, string, int> find, WorkMeter work)
    {
        string sought = arguments.Bind(name, 1, "text").Text(0);
        work.Search(text.Text, sought);
        int place = find(text.Text, sought);
        return place >= 0 || name != "index" ? new IntegerValue(CodePointIndex.FromUnits(text.Text, place))
            : throw new TemplateFault("'index': the text is not there");
    }

    private static long Occurrences(string text, string sought, WorkMeter work)
    {
        work.Search(text, sought);
        if (sought.Length == 0)
            return CodePointIndex.Count(text, work) + 1;
        long times = 0;
        for (int i = text.IndexOf(sought, StringComparison.Ordinal); i >= 0; i = text.IndexOf(sought, i + sought.Length, StringComparison.Ordinal))
            times++;
        return times;
    }

    private static TextValue Join(TextValue text, CallArguments arguments, WorkMeter work)
    {
        string separator = RefuseMarkup(text, "join");
        var result = new StringBuilder();
        bool isFirst = true;
        foreach (TemplateValue item in Iteration.ItemsOf(arguments.Bind("join", 1, "items")[0]!, work))
        {
            string part = item is TextValue { Text: var own } ? own : throw new TemplateFault($"'join': expected texts, found a value of type '{item.TypeName}'");
            result.Append(isFirst ? "" : separator).Append(part);
            work.Write(result.Length <= WorkMeter.MaximumCharacters ? part.Length + separator.Length : result.Length);
            isFirst = false;
        }

        return new TextValue(result.ToString());
    }

    private static string Plain(TextValue text, CallArguments arguments, string name)
    {
        arguments.Bind(name, 0);
        return text.Text;
    }

    // Markup would escape the arguments of these.
    private static string RefuseMarkup(TextValue text, string name) =>
        text.IsMarkup ? throw new UnknownConstructFault($"'{name}' of a text that 'safe' or 'escape' marked is not supported") : text.Text;

    private static BooleanValue All(string text, Func<Rune, bool> holds) => BooleanValue.Of(text.Length > 0 && text.EnumerateRunes().All(holds));
}
