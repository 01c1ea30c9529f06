using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>
/// The header of a safetensors file: after 8 bytes of little-endian length, a JSON object from tensor names to
/// <c>{dtype, shape, data_offsets:[begin,end)}</c>, offsets counted from the end of the header. Everything it says is held against the length of the
/// file before it is believed. Alignment is not demanded, because the format does not: odd offsets are legal and read correctly.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes of the length before the header.</summary>
    public const int PrefixLength = 8;

    /// <summary>Longest header, the bound of the reference implementation.</summary>
    public const long MaximumLength = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>The tensors of a header, in the order of their bytes; offsets are from the start of the file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The file's name in <see cref="TensorInfo.File"/>.</param>
    /// <param name="header">The header's JSON, without the length before it.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3010 to GATE3015.</exception>
    public static ImmutableArray<TensorInfo> Parse(string path, string file, ReadOnlyMemory<byte> header, long fileLength)
    {
        long dataStart = PrefixLength + header.Length;
        using JsonDocument document = ParseJson(path, header);
        var tensors = ImmutableArray.CreateBuilder<TensorInfo>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals(MetadataKey))
                CheckMetadata(path, property.Value);
            else
                tensors.Add(ParseEntry(path, file, property, dataStart, fileLength));
        }

        // Empty tensors share their offset with a neighbour: they go before it, in a fixed order.
        tensors.Sort((a, b) => (a.Offset, a.Length).CompareTo((b.Offset, b.Length)) is var order and not 0
            ? order
            : string.CompareOrdinal(a.Name, b.Name));
        CheckContiguous(path, tensors, dataStart, fileLength);
        return tensors.ToImmutable();
    }

    private static JsonDocument ParseJson(string path, ReadOnlyMemory<byte> header)
    {
        if (header.IsEmpty || header.Span[0] != (byte)'{')
            throw SafetensorsDiagnostics.HeaderMalformed(path, "a JSON object that begins with '{'", header.IsEmpty ? "nothing" : $"byte 0x{header.Span[0]:X2}");
        if (JsonUnicode.FindBroken(header.Span) is >= 0 and int broken)
            throw SafetensorsDiagnostics.HeaderMalformed(path, "UTF-8 text with surrogate escapes in pairs", $"bytes or an escape that are not, at byte {PrefixLength + broken}");
        try
        {
            return JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw SafetensorsDiagnostics.HeaderMalformed(path, "JSON with every name once", exception.Message.TrimEnd('.'), exception);
        }
    }

    private static void CheckMetadata(string path, JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
            throw SafetensorsDiagnostics.HeaderMalformed(path, $"an object of texts under '{MetadataKey}'", Json.CheckedJson.Describe(metadata));
        foreach (JsonProperty property in metadata.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
                throw SafetensorsDiagnostics.HeaderMalformed(path, $"a text under '{MetadataKey}.{property.Name}'", Json.CheckedJson.Describe(property.Value));
        }
    }

    private static TensorInfo ParseEntry(string path, string file, JsonProperty property, long dataStart, long fileLength)
    {
        string name = property.Name;
        if (property.Value.ValueKind != JsonValueKind.Object)
            throw SafetensorsDiagnostics.EntryMalformed(path, name, "entry", "an object", Json.CheckedJson.Describe(property.Value));
        foreach (JsonProperty key in property.Value.EnumerateObject())
        {
            if (key.Name is not ("dtype" or "shape" or "data_offsets"))
                throw SafetensorsDiagnostics.EntryMalformed(path, name, key.Name, "only 'dtype', 'shape' and 'data_offsets'", "an unknown key");
        }

        JsonElement dtype = Require(path, property, "dtype", JsonValueKind.String, "a text");
        NumberFormat format = StoredFormats.Find(dtype.GetString()!) ?? throw SafetensorsDiagnostics.UnknownFormat(path, name, dtype.GetString()!);
        ImmutableArray<long> shape = Integers(path, property, "shape");
        ImmutableArray<long> offsets = Integers(path, property, "data_offsets");
        if (offsets.Length != 2)
            throw SafetensorsDiagnostics.EntryMalformed(path, name, "data_offsets", "two integers", $"{offsets.Length}");

        (long begin, long end) = (offsets[0], offsets[1]);
        long available = fileLength - dataStart;
        if (begin > end)
            throw SafetensorsDiagnostics.OutsideFile(path, name, "begin <= end", $"[{begin}, {end}]");
        if (end > available)
            throw SafetensorsDiagnostics.OutsideFile(path, name, $"offsets within the {available} bytes of data in the file", $"[{begin}, {end}]");
        CheckLength(path, name, format, shape, end - begin);
        return new TensorInfo(name, format, shape, file, dataStart + begin, end - begin);
    }

    private static void CheckLength(string path, string name, NumberFormat format, ImmutableArray<long> shape, long length)
    {
        // Any zero extent makes the tensor empty, however large the others are.
        Int128 bytes = shape.Contains(0) ? 0 : StoredFormats.SizeOf(format);
        foreach (long extent in shape)
        {
            bytes *= extent;
            if (bytes > long.MaxValue)
                throw SafetensorsDiagnostics.WrongLength(path, name, "a shape of less than 2^63 bytes", $"shape {StoredFormats.ShapeText(shape)}");
        }

        if (bytes != length)
        {
            string expected = $"{bytes} bytes for shape {StoredFormats.ShapeText(shape)} of {StoredFormats.NameOf(format)}";
            throw SafetensorsDiagnostics.WrongLength(path, name, expected, $"data_offsets that span {length} bytes");
        }
    }

    private static void CheckContiguous(string path, ImmutableArray<TensorInfo>.Builder tensors, long dataStart, long fileLength)
    {
        long position = dataStart;
        string previous = "the header";
        foreach (TensorInfo tensor in tensors)
        {
            string expected = $"tensor '{tensor.Name}' to begin at data offset {position - dataStart}, right after {previous}";
            if (tensor.Offset < position)
                throw SafetensorsDiagnostics.NotContiguous(path, expected, $"{tensor.Offset - dataStart}: the two overlap by {position - tensor.Offset} bytes");
            if (tensor.Offset > position)
                throw SafetensorsDiagnostics.NotContiguous(path, expected, $"{tensor.Offset - dataStart}: a gap of {tensor.Offset - position} bytes");
            position = tensor.Offset + tensor.Length;
            previous = $"tensor '{tensor.Name}'";
        }

        if (position != fileLength)
            throw SafetensorsDiagnostics.NotContiguous(path, $"the file to end after {previous} at byte {position}", $"{fileLength - position} more bytes");
    }

    private static ImmutableArray<long> Integers(string path, JsonProperty tensor, string key)
    {
        JsonElement array = Require(path, tensor, key, JsonValueKind.Array, "an array of integers of at least 0");
        var values = ImmutableArray.CreateBuilder<long>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long value) || value < 0)
                throw SafetensorsDiagnostics.EntryMalformed(path, tensor.Name, key, "integers from 0 to 2^63 - 1", Json.CheckedJson.Describe(item));
            values.Add(value);
        }

        return values.ToImmutable();
    }

    private static JsonElement Require(string path, JsonProperty tensor, string key, JsonValueKind kind, string expected)
    {
        if (!tensor.Value.TryGetProperty(key, out JsonElement value))
            throw SafetensorsDiagnostics.EntryMalformed(path, tensor.Name, key, expected, "no such key");
        return value.ValueKind == kind
            ? value
            : throw SafetensorsDiagnostics.EntryMalformed(path, tensor.Name, key, expected, Json.CheckedJson.Describe(value));
    }
}
