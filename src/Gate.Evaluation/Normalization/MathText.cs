using System.Globalization;
using System.Text.RegularExpressions;

namespace Gate.Evaluation.Normalization;

/// <summary>
/// Final answers of the MATH data set (Hendrycks et al. 2021): where they stand, and the two published normal forms, which are rules on strings. Equality as algebra, which
/// one of the harness's protocols decides by, is not attempted here.
/// </summary>
public static class MathText
{
    private static readonly (string Before, string After)[] _minervaSubstitutions =
    [
        ("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), ("\\ ", ""), (" ", ""), ("mbox", "text"), (",\\text{and}", ","), ("\\text{and}", ","), ("\\text{m}", "\\text{}"),
    ];

    private static readonly string[] _minervaRemoved =
    [
        "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "\\ldots", "sue", "points", "feet", "minutes", "digits", "cents", "degrees",
        "cm", "gm", "pounds", "meters", "meals", "edges", "students", "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3",
        "\\text{\n}", "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;", ",\\!", "{,}", "\"", "\\dots",
    ];

    private static readonly (Regex Pattern, string Replacement)[] _minervaPatterns =
    [
        (PythonPattern.Of(@"(.*?)(\$)(.*?)(\$)(.*)"), "$$$3$$"),
        (PythonPattern.Of(@"(\\text\{)(.*?)(\})"), "$2"),
        (PythonPattern.Of(@"(\\textbf\{)(.*?)(\})"), "$2"),
        (PythonPattern.Of(@"(\\overline\{)(.*?)(\})"), "$2"),
        (PythonPattern.Of(@"(\\boxed\{)(.*)(\})"), "$2"),
        (PythonPattern.Of("(frac)([^{])(.)"), "frac{$2}{$3}"),
        (PythonPattern.Of("(sqrt)([^{])"), "sqrt{$2}"),
    ];

    private static readonly Regex _number = PythonPattern.Of(@"^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\z");
    private static readonly Regex _fraction = PythonPattern.Of(@"^(-?)\\frac\{(-?[0-9]+)\}\{(-?[0-9]+)\}\z");
    private static readonly Regex _slash = PythonPattern.Of(@"^(-?[0-9]+)/(-?[0-9]+)\z");

    /// <summary>The last <c>\boxed{…}</c>, <c>\boxed …$</c> or <c>\fbox{…}</c> of a text with all it encloses, or null.</summary>
    public static string? LastBoxed(string text)
    {
        int start = text.LastIndexOf("\\boxed", StringComparison.Ordinal);
        if (text.Contains("\\boxed ", StringComparison.Ordinal))
            return "\\boxed " + text.Split("\\boxed ")[^1].Split('$')[0];
        if (start < 0)
            start = text.LastIndexOf("\\fbox", StringComparison.Ordinal);
        if (start < 0)
            return null;
        int open = 0;
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] == '{')
                open++;
            if (text[i] == '}' && --open == 0)
                return text[start..(i + 1)];
        }

        return null;
    }

    /// <summary>What a box holds, or null when it is not a <c>\boxed</c>.</summary>
    public static string? RemoveBox(string box)
    {
        const string Blank = "\\boxed ", Brace = "\\boxed{";
        if (box.StartsWith(Blank, StringComparison.Ordinal))
            return box[Blank.Length..];
        return box.StartsWith(Brace, StringComparison.Ordinal) && box[^1] == '}' ? box[Brace.Length..^1] : null;
    }

    /// <summary>The text between the first and the last dollar sign, or all of it with fewer than two: where the MATH authors' own scorer looks.</summary>
    public static string BetweenDollars(string text)
    {
        int first = text.IndexOf('$', StringComparison.Ordinal);
        int last = text.LastIndexOf('$');
        return first < last ? text[(first + 1)..last] : text;
    }

    /// <summary>Minerva's normal form (Lewkowycz et al. 2022, appendix D.1), as the harness has it.</summary>
    public static string MinervaForm(string answer)
    {
        string form = answer.Split('=')[^1];
        foreach ((string before, string after) in _minervaSubstitutions)
            form = form.Replace(before, after, StringComparison.Ordinal);
        foreach (string expression in _minervaRemoved)
            form = form.Replace(expression, "", StringComparison.Ordinal);
        foreach ((Regex pattern, string replacement) in _minervaPatterns)
            form = pattern.Replace(form, replacement);
        form = form.Replace("$", "", StringComparison.Ordinal);
        string digits = form.Replace(",", "", StringComparison.Ordinal);
        return digits.Length > 0 && digits.All(char.IsDigit) ? digits : form;
    }

    /// <summary>The MATH authors' normal form, or null where their rules give up (two pieces of text).</summary>
    public static string? HendrycksForm(string answer)
    {
        string form = answer.Replace("\n", "", StringComparison.Ordinal).Replace("\\!", "", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            .Replace("tfrac", "frac", StringComparison.Ordinal).Replace("dfrac", "frac", StringComparison.Ordinal)
            .Replace("\\left", "", StringComparison.Ordinal).Replace("\\right", "", StringComparison.Ordinal)
            .Replace("^{\\circ}", "", StringComparison.Ordinal).Replace("^\\circ", "", StringComparison.Ordinal).Replace("\\$", "", StringComparison.Ordinal);
        string[] units = form.Split("\\text{ ");
        if (units.Length > 2)
            return null;
        form = units[0].Replace("\\%", "", StringComparison.Ordinal).Replace(" .", " 0.", StringComparison.Ordinal).Replace("{.", "{0.", StringComparison.Ordinal);
        if (form.Length == 0)
            return form;
        if (form[0] == '.')
            form = "0" + form;
        string[] sides = form.Split('=');
        if (sides.Length == 2 && sides[0].Length <= 2)
            form = sides[1];
        if (FixRoots(form) is not { } roots || FixFractions(roots.Replace(" ", "", StringComparison.Ordinal)) is not { } fractions)
            return null;
        return fractions == "0.5" ? "\\frac{1}{2}" : FixSlash(fractions);
    }

    /// <summary>Whether two answers are equal by the MATH authors' rules.</summary>
    public static bool AreEqualByHendrycks(string first, string second) =>
        HendrycksForm(first) is { } left && HendrycksForm(second) is { } right ? left == right : first == second;

    /// <summary>
    /// Gate's own equality (<c>gate/math@1</c>): as texts, else in Minerva's or in the authors' normal form, else as numbers where both are a number or a simple fraction.
    /// </summary>
    public static bool AreEqual(string answer, string gold)
    {
        if (answer == gold)
            return answer.Length > 0;
        string left = MinervaForm(answer).TrimEnd('.'), right = MinervaForm(gold).TrimEnd('.');
        if (left.Length == 0 || right.Length == 0)
            return false;
        return left == right || (HendrycksForm(left) is { Length: > 0 } authors && authors == HendrycksForm(right))
            || (Value(left) is { } value && value == Value(right));
    }

    private static decimal? Value(string form)
    {
        string text = form.Replace("\\dfrac", "\\frac", StringComparison.Ordinal).Replace("\\tfrac", "\\frac", StringComparison.Ordinal);
        if (_number.IsMatch(text))
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;
        if (_fraction.Match(text) is { Success: true } fraction)
            return Quotient(fraction.Groups[1].Value + fraction.Groups[2].Value, fraction.Groups[3].Value);
        return _slash.Match(text) is { Success: true } slash ? Quotient(slash.Groups[1].Value, slash.Groups[2].Value) : null;
    }

    private static decimal? Quotient(string numerator, string denominator) =>
        decimal.TryParse(numerator, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal above)
        && decimal.TryParse(denominator, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal below) && below != 0 ? above / below : null;

    private static string? FixRoots(string text)
    {
        string[] parts = text.Split("\\sqrt");
        string result = parts[0];
        foreach (string part in parts[1..])
        {
            if (part.Length == 0)
                return null;
            result += part[0] == '{' ? "\\sqrt" + part : $"\\sqrt{{{part[0]}}}{part[1..]}";
        }

        return result;
    }

    // The authors' rule leaves the whole text as it is where a fraction has fewer than two characters, and fails where it has none.
    private static string? FixFractions(string text)
    {
        string[] parts = text.Split("\\frac");
        string result = parts[0];
        foreach (string part in parts[1..])
        {
            result += "\\frac";
            if (part.Length == 0)
                return null;
            if (part[0] == '{')
            {
                result += part;
                continue;
            }

            if (part.Length < 2)
                return text;
            string rest = part[2..];
            result += part[1] == '{' ? $"{{{part[0]}}}{part[1]}{rest}" : $"{{{part[0]}}}{{{part[1]}}}{rest}";
        }

        return result;
    }

    // Two numbers become a fraction; anything else on both sides of one slash is where the authors' rules give up.
    private static string? FixSlash(string text)
    {
        string[] sides = text.Split('/');
        if (sides.Length != 2)
            return text;
        return int.TryParse(sides[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int above)
            && int.TryParse(sides[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int below)
            ? text == $"{above}/{below}" ? $"\\frac{{{above}}}{{{below}}}" : text : null;
    }
}
