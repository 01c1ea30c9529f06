using System.Buffers;

namespace Gate.Models.Checkpoints.Json;

/// <summary>Where an object or array lies in a file and how many entries it has, found by its brackets alone.</summary>
/// <param name="Start">The place of its opening bracket.</param>
/// <param name="End">The place behind its closing bracket.</param>
/// <param name="Count">How many members or elements it has.</param>
internal readonly record struct JsonExtent(int Start, int End, int Count)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{},"u8);
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);

    /// <summary>
    /// The objects and arrays under some keys of an object that is itself under a key of the root, by their paths as messages spell them. Nothing is checked but
    /// brackets and quotes: what is not found where it should be is left to a parser, which says why.
    /// </summary>
    /// <param name="json">The file.</param>
    /// <param name="parent">A key of the root.</param>
    /// <param name="keys">Keys of the object under it.</param>
    public static Dictionary<string, JsonExtent> Find(ReadOnlySpan<byte> json, string parent, IReadOnlyCollection<string> keys)
    {
        var found = new Dictionary<string, JsonExtent>(StringComparer.Ordinal);
        if (Members(json, SkipSpace(json, 0), [parent]).TryGetValue(parent, out int start))
        {
            foreach ((string key, int place) in Members(json, start, keys))
            {
                if (Of(json, place) is { } extent)
                    found.Add($"{parent}.{key}", extent);
            }
        }

        return found;
    }

    /// <summary>The object or array that begins at a place, or null when nothing does that ends.</summary>
    public static JsonExtent? Of(ReadOnlySpan<byte> json, int start)
    {
        if (start >= json.Length || json[start] is not ((byte)'{' or (byte)'['))
            return null;
        int depth = 0;
        int commas = 0;
        for (int i = start; ;)
        {
            int offset = json[i..].IndexOfAny(Structure);
            if (offset < 0)
                return null;
            i += offset;
            switch (json[i])
            {
                case (byte)'"':
                    i = SkipString(json, i);
                    if (i < 0)
                        return null;
                    continue;
                case (byte)',':
                    commas += depth == 1 ? 1 : 0;
                    break;
                case (byte)'[' or (byte)'{':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            i++;
            if (depth == 0)
                return new JsonExtent(start, i, SkipSpace(json, start + 1) == i - 1 ? 0 : commas + 1);
        }
    }

    // The places of the values under some keys of the object at a place, the first of each.
    private static Dictionary<string, int> Members(ReadOnlySpan<byte> json, int start, IReadOnlyCollection<string> keys)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        if (start >= json.Length || json[start] != '{')
            return found;
        int position = SkipSpace(json, start + 1);
        while (position < json.Length && json[position] == '"')
        {
            int end = SkipString(json, position);
            if (end < 0)
                break;
            string key = System.Text.Encoding.UTF8.GetString(json[(position + 1)..(end - 1)]);
            position = SkipSpace(json, end);
            if (position >= json.Length || json[position] != ':')
                break;
            position = SkipSpace(json, position + 1);
            if (keys.Contains(key))
                found.TryAdd(key, position);
            position = SkipSpace(json, SkipValue(json, position));
            if (position >= json.Length || json[position] != ',')
                break;
            position = SkipSpace(json, position + 1);
        }

        return found;
    }

    private static int SkipValue(ReadOnlySpan<byte> json, int start)
    {
        if (start < json.Length && json[start] is (byte)'{' or (byte)'[')
            return Of(json, start)?.End ?? json.Length;
        if (start < json.Length && json[start] == '"')
            return SkipString(json, start) is >= 0 and int end ? end : json.Length;
        int length = json[Math.Min(start, json.Length)..].IndexOfAny((byte)',', (byte)'}', (byte)']');
        return length < 0 ? json.Length : start + length;
    }

    // Behind the quote that ends a text, or −1.
    private static int SkipString(ReadOnlySpan<byte> json, int start)
    {
        for (int i = start + 1; i < json.Length;)
        {
            int offset = json[i..].IndexOfAny(StringEnds);
            if (offset < 0)
                return -1;
            i += offset;
            if (json[i] == '"')
                return i + 1;
            i += 2;
        }

        return -1;
    }

    private static int SkipSpace(ReadOnlySpan<byte> json, int position)
    {
        while (position < json.Length && json[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            position++;
        return position;
    }
}
