using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>How a value was written.</summary>
public enum WrittenAs
{
    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON truth value.</summary>
    Boolean,

    /// <summary>A JSON null.</summary>
    Null,

    /// <summary>An empty JSON object or array.</summary>
    Empty,

    /// <summary>Plain text of an environment variable or option: its type is what the key says.</summary>
    Plain,
}

/// <summary>One scalar with the place it came from.</summary>
/// <param name="Text">The value as text.</param>
/// <param name="WrittenAs">How it was written.</param>
/// <param name="Source">The source in words: <c>gate.json</c>, <c>environment variable GATE__…</c>, <c>option --…</c>.</param>
/// <param name="Key">Place of the key (the property name) in a file, or null.</param>
/// <param name="Place">Place of the value in a file, or null.</param>
public sealed record LocatedValue(string Text, WrittenAs WrittenAs, string Source, SourceLocation? Key, SourceLocation? Place);
