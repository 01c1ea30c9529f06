using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>Writes one safetensors file: header length, header padded with spaces to a multiple of 8 bytes, data.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="shard">The tensors in name order; wider elements are put before narrower ones, which keeps every tensor aligned.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than its shape says.</exception>
    public static void Write(Stream stream, IReadOnlyList<TensorToWrite> shard, CancellationToken cancellationToken)
    {
        TensorToWrite[] tensors = [.. shard.OrderByDescending(tensor => StoredFormats.SizeOf(tensor.Format))];
        stream.Write(Header(tensors));
        foreach (TensorToWrite tensor in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = stream.Position;
            tensor.Write(stream);
            long written = stream.Position - start;
            if (written != tensor.Length)
                throw new InvalidOperationException($"Tensor '{tensor.Name}' wrote {written} bytes; its shape and format need {tensor.Length}.");
        }
    }

    private static ReadOnlySpan<byte> Header(IReadOnlyList<TensorToWrite> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(ClearedPrefix(buffer));
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach (TensorToWrite tensor in tensors)
                offset = WriteEntry(json, tensor, offset);
            json.WriteEndObject();
        }

        int padding = (8 - (buffer.WrittenCount % 8)) % 8;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.PrefixLength);
        return header;
    }

    private static int ClearedPrefix(ArrayBufferWriter<byte> buffer)
    {
        buffer.GetSpan(SafetensorsHeader.PrefixLength)[..SafetensorsHeader.PrefixLength].Clear();
        return SafetensorsHeader.PrefixLength;
    }

    private static long WriteEntry(Utf8JsonWriter json, TensorToWrite tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", StoredFormats.NameOf(tensor.Format));
        json.WriteStartArray("shape");
        foreach (long extent in tensor.Shape)
            json.WriteNumberValue(extent);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(checked(offset + tensor.Length));
        json.WriteEndArray();
        json.WriteEndObject();
        return offset + tensor.Length;
    }
}
