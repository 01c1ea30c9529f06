using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Models.Checkpoints.Json;

/// <summary>An object or array that is read token by token.</summary>
/// <param name="Value">What it is, for messages.</param>
/// <param name="Extent">Where it lies in the file.</param>
internal readonly record struct JsonStretch(CheckedJson Value, JsonExtent Extent)
{
    /// <summary>A reader behind its opening bracket.</summary>
    public Utf8JsonReader Read()
    {
        var reader = new Utf8JsonReader(Value.Source.Bytes.Span[Extent.Start..Extent.End]);
        reader.Read();
        return reader;
    }

    /// <summary>Copies a text into a buffer, which grows as needed, and returns its length.</summary>
    /// <exception cref="GateException">Exit 4: half a surrogate pair.</exception>
    public int CopyText(ref Utf8JsonReader reader, ref char[] buffer)
    {
        if (buffer.Length < reader.ValueSpan.Length)
            buffer = new char[2 * reader.ValueSpan.Length];
        try
        {
            return reader.CopyString(buffer);
        }
        catch (InvalidOperationException exception)
        {
            throw Value.Refuse("expected valid Unicode, found an unpaired surrogate escape", exception);
        }
    }

    /// <summary>The refusal of what a reader could not read, with the place in the file.</summary>
    public GateException Malformed(JsonException exception)
    {
        ReadOnlySpan<byte> before = Value.Source.Bytes.Span[..Extent.Start];
        int line = (int)(exception.LineNumber ?? 0);
        int column = (int)(exception.BytePositionInLine ?? 0) + 1 + (line == 0 ? Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) : 0);
        string reason = exception.Message.Split(" LineNumber:", 2)[0].TrimEnd('.', ' ');
        return Value.Source.Refuse(
            $"expected JSON (RFC 8259), found: {reason}", new SourceLocation(Value.Source.Path, line + before.Count((byte)'\n') + 1, column), exception);
    }
}
