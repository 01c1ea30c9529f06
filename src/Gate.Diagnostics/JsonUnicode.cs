using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Gate.Diagnostics;

/// <summary>
/// Whether every text in a JSON document is Unicode. The parser of .NET lets bytes that are not UTF-8 and escapes of half a surrogate pair pass, and throws when such a
/// key or value is looked at, however deep in a reader that is: every reader asks here first.
/// </summary>
public static class JsonUnicode
{
    private const int EscapeLength = 6;

    /// <summary>Where the first byte that is not UTF-8, or the first escape of half a surrogate pair, begins; -1 when there is none.</summary>
    /// <param name="json">The document.</param>
    public static int FindBroken(ReadOnlySpan<byte> json)
    {
        int bytes = Utf8.IsValid(json) ? -1 : FirstInvalidByte(json);
        int escape = FirstHalfPair(bytes < 0 ? json : json[..bytes]);
        return escape >= 0 ? escape : bytes;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> json)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(json[offset..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
            offset += consumed;
        return offset;
    }

    // Outside strings a backslash is no JSON at all, which the parser says better.
    private static int FirstHalfPair(ReadOnlySpan<byte> json)
    {
        for (int at = Next(json, 0); at >= 0; at = Next(json, at))
        {
            int first = CodeUnit(json, at);
            if (char.IsHighSurrogate((char)Math.Max(first, 0)) && char.IsLowSurrogate((char)Math.Max(CodeUnit(json, at + EscapeLength), 0)))
                at += 2 * EscapeLength;
            else if (char.IsSurrogate((char)Math.Max(first, 0)))
                return at;
            else
                at += 2;
        }

        return -1;

        static int Next(ReadOnlySpan<byte> json, int start)
        {
            int found = start < json.Length ? json[start..].IndexOf((byte)'\\') : -1;
            return found < 0 ? -1 : start + found;
        }
    }

    // The value of \uXXXX at an offset, or -1 where there is no such escape.
    private static int CodeUnit(ReadOnlySpan<byte> json, int offset) =>
        json.Length >= offset + EscapeLength && json[offset] == (byte)'\\' && json[offset + 1] == (byte)'u'
        && int.TryParse(json.Slice(offset + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) ? value : -1;
}
