using System.Text.Json;

namespace Gate.Models.Checkpoints.Json;

/// <summary>An object or array that is read token by token.</summary>
/// <param name="Value">What it is, for messages.</param>
/// <param name="Range">Where it begins and ends in the file.</param>
internal readonly record struct JsonStretch(CheckedJson Value, (int Start, int End) Range)
{
    /// <summary>A reader behind its opening bracket.</summary>
    public Utf8JsonReader Read()
    {
        var reader = new Utf8JsonReader(Value.Source.Bytes.Span[Range.Start..Range.End]);
        reader.Read();
        return reader;
    }

    /// <summary>Copies a text into a buffer, which grows as needed, and returns its length.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: half a surrogate pair.</exception>
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
}
