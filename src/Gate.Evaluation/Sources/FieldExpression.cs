using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>A function of an expression: <c>|before('_')</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record FieldCall(string Name, ImmutableArray<string> Arguments);

/// <summary>One way to a value: a path, or a text that stands in the expression, and the functions it goes through.</summary>
/// <param name="Path">Name, then names behind <c>.</c> and places in <c>[ ]</c>; empty for a literal.</param>
/// <param name="Literal">The text between quotes, or null.</param>
/// <param name="Calls">The functions, in order.</param>
internal sealed record FieldWay(ImmutableArray<string> Path, string? Literal, ImmutableArray<FieldCall> Calls);

/// <summary>
/// How a value is found in a record: <c>choices.text[0]|strip</c>. A name behind a list is looked up in each of its elements; <c>??</c> separates ways of which the first that is
/// there counts, since data are published in several forms; a text between quotes is itself.
/// </summary>
internal sealed class FieldExpression
{
    private static readonly ConcurrentDictionary<string, FieldExpression> _parsed = new(StringComparer.Ordinal);

    private FieldExpression(string text, ImmutableArray<FieldWay> ways) => (Text, Ways) = (text, ways);

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>The ways, the preferred first.</summary>
    public ImmutableArray<FieldWay> Ways { get; }

    /// <summary>The expression of a text.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="location">Where it stands, for the message.</param>
    /// <exception cref="GateException">Exit 2 (GATE5006): not an expression, or a function that does not exist.</exception>
    public static FieldExpression Parse(string text, SourceLocation? location = null)
    {
        if (_parsed.TryGetValue(text, out FieldExpression? known))
            return known;
        FieldExpression expression = new(text, new Parser(text, location).Ways());
        _parsed.TryAdd(text, expression);
        return expression;
    }

    private sealed class Parser(string text, SourceLocation? location)
    {
        private int _at;

        public ImmutableArray<FieldWay> Ways()
        {
            ImmutableArray<FieldWay>.Builder ways = ImmutableArray.CreateBuilder<FieldWay>();
            do
            {
                Blank();
                string? literal = Peek == '\'' ? Quoted() : null;
                ImmutableArray<string> path = literal is null ? Path() : [];
                ImmutableArray<FieldCall>.Builder calls = ImmutableArray.CreateBuilder<FieldCall>();
                Blank();
                while (Peek == '|')
                {
                    _at++;
                    calls.Add(Call());
                    Blank();
                }

                ways.Add(new FieldWay(path, literal, calls.ToImmutable()));
            }
            while (Take("??"));

            return _at == text.Length ? ways.ToImmutable() : throw Wrong($"'{text[_at..]}' is not expected");
        }

        private char Peek => _at < text.Length ? text[_at] : '\0';

        private ImmutableArray<string> Path()
        {
            ImmutableArray<string>.Builder path = ImmutableArray.CreateBuilder<string>();
            path.Add(Name());
            while (Peek is '.' or '[')
            {
                if (text[_at++] == '.')
                {
                    path.Add(Name());
                    continue;
                }

                int end = text.IndexOf(']', _at);
                if (end < 0 || !int.TryParse(text[_at..end], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    throw Wrong("[ ] holds no place such as [0]");
                path.Add(text[(_at - 1)..(end + 1)]);
                _at = end + 1;
            }

            return path.ToImmutable();
        }

        private string Name()
        {
            int start = _at;
            while (_at < text.Length && !".[|'".Contains(text[_at], StringComparison.Ordinal) && !text.AsSpan(_at).StartsWith("??"))
                _at++;
            string name = text[start.._at].Trim(' ');
            return name.Length > 0 ? name : throw Wrong("a field has no name");
        }

        private FieldCall Call()
        {
            int start = _at;
            while (_at < text.Length && char.IsAsciiLetter(text[_at]))
                _at++;
            string name = text[start.._at];
            ImmutableArray<string>.Builder arguments = ImmutableArray.CreateBuilder<string>();
            if (Peek == '(')
            {
                do
                {
                    _at++;
                    Blank();
                    arguments.Add(Quoted());
                    Blank();
                }
                while (Peek == ',');
                if (Peek != ')')
                    throw Wrong("')' is missing");
                _at++;
            }

            FieldCall call = new(name, arguments.ToImmutable());
            return FieldFunctions.Refuse(call) is { } problem ? throw Wrong(problem) : call;
        }

        // A quote is doubled, \n stands for a line feed.
        private string Quoted()
        {
            if (Peek != '\'')
                throw Wrong("a text between ' and ' is missing");
            StringBuilder quoted = new();
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] == 'n')
                {
                    quoted.Append('\n');
                    _at++;
                    continue;
                }

                if (text[_at] != '\'')
                {
                    quoted.Append(text[_at]);
                    continue;
                }

                _at++;
                if (Peek != '\'')
                    return quoted.ToString();
                quoted.Append('\'');
            }

            throw Wrong("the closing ' is missing");
        }

        private void Blank()
        {
            while (Peek == ' ')
                _at++;
        }

        private bool Take(string token)
        {
            if (!text.AsSpan(_at).StartsWith(token))
                return false;
            _at += token.Length;
            return true;
        }

        private GateException Wrong(string problem) => GateException.Usage(
            "GATE5006", $"'{text}' does not name a field: {problem}", location, "write a field such as question, choices.text[0], or answer|strip; docs/tasks.md lists the functions");
    }

    /// <summary>The value in a record, or null where no way leads to one.</summary>
    public FieldValue? Find(DataRecord record)
    {
        foreach (FieldWay way in Ways)
        {
            if ((way.Literal is { } literal ? FieldValue.Of(literal) : Find(record, way.Path)) is { } found)
                return way.Calls.Aggregate(found, (value, call) => FieldFunctions.Apply(call, value, record, Text));
        }

        return null;
    }

    private FieldValue? Find(DataRecord record, ImmutableArray<string> path)
    {
        // A field of the data may have a dot in its name.
        if (path.Length > 1 && record.Values.TryGetProperty(Text, out JsonElement whole) && whole.ValueKind != JsonValueKind.Null)
            return FieldValue.Of(whole);
        if (path.Length == 1 && record.Variables.TryGetValue(path[0], out string? variable))
            return FieldValue.Of(variable);
        return Follow(record.Values, path.AsSpan()) is { } json ? FieldValue.Of(json) : null;
    }

    private static JsonElement? Follow(JsonElement value, ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
            return value.ValueKind == JsonValueKind.Null ? null : value;
        if (path[0][0] == '[')
        {
            int place = int.Parse(path[0].AsSpan()[1..^1], CultureInfo.InvariantCulture);
            return value.ValueKind == JsonValueKind.Array && place < value.GetArrayLength() ? Follow(value[place], path[1..]) : null;
        }

        if (value.ValueKind == JsonValueKind.Object)
            return value.TryGetProperty(path[0], out JsonElement property) ? Follow(property, path[1..]) : null;
        if (value.ValueKind != JsonValueKind.Array)
            return null;
        List<JsonElement> found = [];
        foreach (JsonElement element in value.EnumerateArray())
        {
            if (Follow(element, path) is not { } part)
                return null;
            found.Add(part);
        }

        return JsonSerializer.SerializeToElement(found);
    }
}
