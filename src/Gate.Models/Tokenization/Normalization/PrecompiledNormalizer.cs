using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Gate.Models.Tokenization.Normalization;

/// <summary>
/// SentencePiece's compiled normalisation map: a double-array trie over UTF-8 bytes whose values are offsets of zero-terminated replacements. As in the
/// Hugging Face library, a grapheme cluster under 6 bytes is looked up as a whole and its shortest matching prefix replaces all of it; otherwise each
/// character is looked up on its own.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int LongestCluster = 6;

    private readonly uint[] _trie;
    private readonly byte[] _replacements;
    private readonly string?[] _ascii;

    /// <summary>Reads a map: the trie's length in bytes, the trie, the replacements.</summary>
    /// <exception cref="FormatException">The lengths do not fit.</exception>
    public PrecompiledNormalizer(ReadOnlySpan<byte> map)
    {
        uint length = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : uint.MaxValue;
        if (length > map.Length - 4 || length % 4 != 0 || length == 0)
            throw new FormatException($"a map of {map.Length} bytes with a trie of {length}");
        _trie = new uint[length / 4];
        for (int i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (4 * i))..]);
        _replacements = map[(4 + (int)length)..].ToArray();
        _ascii = [.. Enumerable.Range(0, 128).Select(character => Find([(char)character]))];
    }

    /// <inheritdoc/>
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int start = 0; start < text.Length;)
        {
            if (IsAlone(text, start))
            {
                char character = text[start++];
                if (_ascii[character] is { } replacement)
                    result.Append(replacement);
                else
                    result.Append(character);
                continue;
            }

            int length = StringInfo.GetNextTextElementLength(text, start);
            ReadOnlySpan<char> cluster = text.AsSpan(start, length);
            start += length;
            if (Encoding.UTF8.GetByteCount(cluster) < LongestCluster && Find(cluster) is { } whole)
            {
                result.Append(whole);
                continue;
            }

            foreach (Rune rune in cluster.EnumerateRunes())
                result.Append(Find(rune.ToString()) ?? rune.ToString());
        }

        return result.ToString();
    }

    // Whether an ASCII character is a cluster by itself: what follows is ASCII too, and the two are no line break.
    private static bool IsAlone(string text, int index) =>
        text[index] < 128 && (index + 1 == text.Length || (text[index + 1] < 128 && (text[index], text[index + 1]) != ('\r', '\n')));

    // The replacement of the shortest prefix in the trie, or null. A unit holds: bits 0-7 and 31 the label, 8 whether a value follows, 9 and 10-30 the offset.
    private string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        uint position = Offset(_trie[0]);
        foreach (byte value in bytes)
        {
            position ^= value;
            if (value == 0 || position >= _trie.Length || (_trie[position] & 0x800000FF) != value)
                return null;
            uint unit = _trie[position];
            position ^= Offset(unit);
            if (((unit >> 8) & 1) == 1)
                return position < _trie.Length ? Replacement(_trie[position] & 0x7FFFFFFF) : null;
        }

        return null;
    }

    private string? Replacement(uint offset)
    {
        if (offset >= _replacements.Length)
            return null;
        ReadOnlySpan<byte> rest = _replacements.AsSpan((int)offset);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("precompiled").Add<uint>(_trie).Add<byte>(_replacements);
}
