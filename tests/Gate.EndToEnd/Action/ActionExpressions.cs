using System.Text.RegularExpressions;

namespace Gate.EndToEnd.Action;

/// <summary>
/// The part of the workflow expression language that <c>action.yml</c> uses: property paths, quoted texts, <c>==</c>, <c>!=</c>, <c>&amp;&amp;</c>,
/// <c>||</c>, <c>!</c> and <c>always()</c>. An unknown name is an error, not an empty text, so that a misspelt input cannot pass a test.
/// </summary>
internal sealed partial class ActionExpressions(Func<string, string> lookUp)
{
    /// <summary>Replaces every <c>${{ … }}</c> in a text.</summary>
    public string Substitute(string text) => Placeholder().Replace(text, match => Evaluate(match.Groups[1].Value));

    /// <summary>Evaluates one expression, with or without the braces.</summary>
    public string Evaluate(string expression)
    {
        string text = Whole().Match(expression) is { Success: true } whole ? whole.Groups[1].Value : expression;
        Queue<string> tokens = new(Token().Matches(text).Select(match => match.Value));
        string value = Or(tokens);
        return tokens.Count == 0 ? value : throw new FormatException($"'{tokens.Peek()}' was not expected in: {expression}");
    }

    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(string value) => value is not ("" or "false" or "0");

    private string Or(Queue<string> tokens)
    {
        string value = And(tokens);
        while (tokens.TryPeek(out string? token) && token == "||")
        {
            tokens.Dequeue();
            string right = And(tokens);
            value = IsTrue(value) ? value : right;
        }

        return value;
    }

    private string And(Queue<string> tokens)
    {
        string value = Comparison(tokens);
        while (tokens.TryPeek(out string? token) && token == "&&")
        {
            tokens.Dequeue();
            string right = Comparison(tokens);
            value = IsTrue(value) ? right : value;
        }

        return value;
    }

    private string Comparison(Queue<string> tokens)
    {
        string value = Operand(tokens);
        if (tokens.TryPeek(out string? token) && token is "==" or "!=")
        {
            tokens.Dequeue();
            bool equal = string.Equals(value, Operand(tokens), StringComparison.OrdinalIgnoreCase);
            value = equal == (token == "==") ? "true" : "false";
        }

        return value;
    }

    private string Operand(Queue<string> tokens)
    {
        string token = tokens.Dequeue();
        if (token == "!")
            return IsTrue(Operand(tokens)) ? "false" : "true";
        if (token[0] == '\'')
            return token[1..^1].Replace("''", "'", StringComparison.Ordinal);
        if (token == "(")
        {
            string inner = Or(tokens);
            tokens.Dequeue();
            return inner;
        }

        return token switch { "always()" => "true", "true" or "false" => token, _ => lookUp(token) };
    }

    [GeneratedRegex(@"\$\{\{(.*?)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\s*\$\{\{(.*)\}\}\s*$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"'(?:[^']|'')*'|always\(\)|==|!=|&&|\|\||[!()]|[A-Za-z_][A-Za-z0-9_.\-]*|\S")]
    private static partial Regex Token();
}
