using System.Text;

namespace Gate.Models.Tokenization.Models;

/// <summary>Tokens of the form <c>&lt;0x0A&gt;</c>, which spell what a vocabulary has no token for.</summary>
internal static class ByteFallback
{
    /// <summary>The ids of the 256 byte tokens, −1 where there is none.</summary>
    public static int[] Ids(Vocabulary vocabulary) => [.. Enumerable.Range(0, 256).Select(value => vocabulary.IdOf($"<0x{value:X2}>") ?? -1)];

    /// <summary>Appends the byte tokens of a text, if all of them exist.</summary>
    public static bool TryAppend(int[] byteIds, ReadOnlySpan<char> text, List<int> ids)
    {
        Span<byte> bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        foreach (byte value in bytes)
        {
            if (byteIds[value] < 0)
                return false;
        }

        foreach (byte value in bytes)
            ids.Add(byteIds[value]);
        return true;
    }

    /// <summary>The byte that a token spells, or −1.</summary>
    public static int ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value)
            ? value
            : -1;
}
