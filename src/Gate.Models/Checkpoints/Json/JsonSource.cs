using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Json;

/// <summary>A JSON file in memory, together with what a message about it needs: its path, its diagnostic code and the remedy.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Bytes">The file's bytes, without a byte order mark.</param>
/// <param name="Code">The code of every refusal of this file's contents.</param>
/// <param name="Remedy">What the user can do about it.</param>
internal sealed record JsonSource(string Path, ReadOnlyMemory<byte> Bytes, string Code, string Remedy)
{
    /// <summary>Nesting deeper than this is refused before it is followed.</summary>
    private const int MaximumDepth = 64;

    // The values whose entries a tree was parsed without, by their paths.
    private IReadOnlyDictionary<string, JsonExtent> LeftOut { get; init; } = ImmutableDictionary<string, JsonExtent>.Empty;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file that must exist and be at most <paramref name="maximumBytes"/> long.</summary>
    /// <exception cref="GateException">Exit 4: unreadable or too large.</exception>
    public static JsonSource Read(string path, string code, string remedy, long maximumBytes)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > maximumBytes)
                throw GateException.Input(code, $"{path}: expected at most {maximumBytes} bytes, found {length}.", new SourceLocation(path), remedy);
            return Of(path, RegularFile.ReadAllBytes(path), code, remedy);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw FileDiagnostics.Unreadable(path, exception);
        }
    }

    /// <summary>Wraps bytes, leaving out a byte order mark.</summary>
    public static JsonSource Of(string path, ReadOnlyMemory<byte> bytes, string code, string remedy) =>
        new(path, bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes, code, remedy);

    /// <summary>Parses the file; its root must be an object, and no object may hold the same key twice.</summary>
    /// <exception cref="GateException">Exit 4: not UTF-8, not JSON, nested too deeply, a key twice, not an object.</exception>
    public CheckedJson Parse() => Parse(Bytes);

    /// <summary>
    /// Parses the file without what some objects and arrays hold: they are empty in the tree, and what they hold is left to <see cref="CheckedJson.Stretch"/>.
    /// Hundreds of thousands of entries are read several times faster that way, and their keys may stand twice.
    /// </summary>
    /// <param name="parent">A key of the root.</param>
    /// <param name="keys">Keys of the object under it.</param>
    /// <exception cref="GateException">Exit 4: not UTF-8, not JSON, nested too deeply, a key twice elsewhere, not an object.</exception>
    public CheckedJson ParseWithout(string parent, IReadOnlyCollection<string> keys) => ParseWithout(JsonExtent.Find(Bytes.Span, parent, keys));

    /// <summary>The whole file as an object whose entries are left to <see cref="CheckedJson.Stretch"/>.</summary>
    /// <exception cref="GateException">Exit 4: not UTF-8, not JSON, nested too deeply, not an object.</exception>
    public CheckedJson Whole() => ParseWithout(new Dictionary<string, JsonExtent>(
        JsonExtent.Of(Bytes.Span, Bytes.Span.IndexOf((byte)'{')) is { } all ? [new("", all)] : [], StringComparer.Ordinal));

    /// <summary>Where a value lies whose entries were left out of the tree.</summary>
    /// <param name="key">Its path, as messages spell it.</param>
    public JsonExtent Extent(string key) => LeftOut[key];

    private CheckedJson ParseWithout(Dictionary<string, JsonExtent> leftOut)
    {
        JsonSource source = this with { LeftOut = leftOut };
        var rest = new ArrayBufferWriter<byte>();
        int done = 0;
        foreach (JsonExtent extent in leftOut.Values.OrderBy(extent => extent.Start))
        {
            rest.Write(Bytes.Span[done..(extent.Start + 1)]);
            done = extent.End - 1;
        }

        rest.Write(Bytes.Span[done..]);
        try
        {
            return source.Parse(rest.WrittenMemory);
        }
        catch (GateException) when (leftOut.Count > 0)
        {
            // Once more with white space in place of what was left out, so that the place in the message is that in the file.
            byte[] blanked = Bytes.ToArray();
            foreach (JsonExtent extent in leftOut.Values)
                Blank(blanked.AsSpan((extent.Start + 1)..(extent.End - 1)));
            return source.Parse(blanked);
        }
    }

    private CheckedJson Parse(ReadOnlyMemory<byte> bytes)
    {
        if (JsonUnicode.FindBroken(Bytes.Span) is >= 0 and int broken)
            throw Refuse("expected UTF-8 text with surrogate escapes in pairs, found bytes or an escape that are not", PlaceOf(broken));
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };
            JsonElement root = JsonDocument.Parse(bytes, options).RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new CheckedJson(this, root, [])
                : throw Refuse($"expected a JSON object, found {CheckedJson.Describe(root)}", new SourceLocation(Path, 1, 1));
        }
        catch (JsonException exception)
        {
            int line = (int)(exception.LineNumber ?? -1) + 1;
            int column = line == 0 ? 0 : (int)(exception.BytePositionInLine ?? 0) + 1;
            string reason = exception.Message.Split(" LineNumber:", 2)[0].TrimEnd('.', ' ');
            throw Refuse($"expected JSON (RFC 8259), found: {reason}", new SourceLocation(Path, line, column), exception);
        }
    }

    /// <summary>The refusal of this file for a reason at a place.</summary>
    public GateException Refuse(string reason, SourceLocation location, Exception? innerException = null) =>
        GateException.Input(Code, $"{Path}: {reason}.", location, Remedy, innerException);

    /// <summary>The line and column of the value at a path of keys and array indices; the file alone when there is no such value.</summary>
    public SourceLocation Locate(IReadOnlyList<string> path)
    {
        var reader = new Utf8JsonReader(Bytes.Span, new JsonReaderOptions { MaxDepth = MaximumDepth });
        reader.Read();
        foreach (string segment in path)
        {
            if (!Descend(ref reader, segment))
                return new SourceLocation(Path);
        }

        return PlaceOf((int)reader.TokenStartIndex);
    }

    private SourceLocation PlaceOf(int offset)
    {
        ReadOnlySpan<byte> before = Bytes.Span[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourceLocation(Path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    // Line breaks stay, so that places stay.
    private static void Blank(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int length = bytes.IndexOf((byte)'\n') is >= 0 and int line ? line : bytes.Length;
            bytes[..length].Fill((byte)' ');
            bytes = bytes[Math.Min(length + 1, bytes.Length)..];
        }
    }

    // Moves from the start of an object or array to the value under a key or index.
    private static bool Descend(ref Utf8JsonReader reader, string segment)
    {
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!isObject && reader.TokenType != JsonTokenType.StartArray)
            return false;
        for (int index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            bool found = isObject ? reader.ValueTextEquals(segment) : segment == $"{index}";
            if (isObject)
                reader.Read();
            if (found)
                return true;
            reader.Skip();
        }

        return false;
    }
}
