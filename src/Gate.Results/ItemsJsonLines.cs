using System.Buffers;
using System.Text.Json;

namespace Gate.Results;

/// <summary>Writes and reads <c>items.jsonl</c>: one <see cref="ItemRecord"/> per line, in run order.</summary>
/// <remarks>The same conventions as <see cref="ResultsJson"/>, without indentation; each line ends in <c>\n</c>.</remarks>
public static class ItemsJsonLines
{
    /// <summary>One record as one line, without the line end.</summary>
    public static string WriteLine(ItemRecord item)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonText.Compact))
            JsonSerializer.Serialize(writer, item, ResultsJsonContext.Default.ItemRecord);
        return JsonText.EscapeForReaders(buffer.WrittenSpan);
    }

    /// <summary>Writes all records; the caller owns <paramref name="output"/>.</summary>
    public static void Write(TextWriter output, IEnumerable<ItemRecord> items)
    {
        foreach (ItemRecord item in items)
        {
            output.Write(WriteLine(item));
            output.Write('\n');
        }
    }

    /// <summary>Reads records one by one as they are asked for; empty lines are skipped. The caller owns <paramref name="input"/>.</summary>
    /// <exception cref="ResultsFormatException">A line is not an item; the exception names the line and the path in it.</exception>
    public static IEnumerable<ItemRecord> Read(TextReader input)
    {
        long number = 0;
        while (input.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return ReadLine(line, number);
        }
    }

    private static ItemRecord ReadLine(string line, long number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ResultsJsonContext.Default.ItemRecord)
                ?? throw new ResultsFormatException($"line {number} is null, not an item", "$", number);
        }
        catch (JsonException e)
        {
            string path = e.Path ?? "$";
            throw new ResultsFormatException(
                $"line {number} is not an item of Gate at {path}: {ResultsJsonChecks.FirstSentence(e)}", path, number, e);
        }
    }
}
