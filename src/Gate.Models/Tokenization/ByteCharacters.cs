using System.Collections.Frozen;
using System.Text;

namespace Gate.Models.Tokenization;

/// <summary>The 256 characters that byte-level vocabularies spell bytes with: printable Latin-1 characters stand for themselves, the 68 others follow from U+0100.</summary>
internal static class ByteCharacters
{
    private static readonly char[] CharacterOf = BuildCharacters();
    private static readonly FrozenDictionary<char, byte> ByteOf =
        Enumerable.Range(0, 256).ToFrozenDictionary(value => CharacterOf[value], value => (byte)value);

    /// <summary>A text's UTF-8 bytes, each as its character.</summary>
    public static string Spell(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, static (characters, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                characters[i] = CharacterOf[source[i]];
        });
    }

    /// <summary>The bytes of a token; a token with any other character is taken as the text it is.</summary>
    public static byte[] BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteOf.TryGetValue(token[i], out bytes[i]))
                return Encoding.UTF8.GetBytes(token);
        }

        return bytes;
    }

    private static char[] BuildCharacters()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : (char)next++;
        return characters;
    }
}
