using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;
using nietras.SeparatedValues;

namespace Gate.Evaluation.Sources;

/// <summary>Reads comma- and tab-separated text as RFC 4180 quotes it. Every cell is text: <c>None</c>, <c>NA</c> and <c>007</c> stay what they are.</summary>
internal static class SeparatedText
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The rows, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">Comma or tab.</param>
    /// <param name="columns">Names of the columns of a file without a header; empty: the first row is the header.</param>
    /// <param name="bad">Receives rows with another number of cells.</param>
    /// <exception cref="GateException">Exit 4: missing, empty, not UTF-8.</exception>
    public static IEnumerable<DataRecord> Read(string path, char separator, ImmutableArray<string> columns, BadRows bad)
    {
        string shown = DisplayPath.Of(path);
        using StreamReader text = Open(path, shown);
        using SepReader reader = Guard(shown, 1, () => Sep.New(separator)
            .Reader(options => options with { HasHeader = columns.IsEmpty, Unescape = true, DisableColCountCheck = true }).From(text));
        string[] names = columns.IsEmpty ? [.. reader.Header.ColNames] : [.. columns];
        if (names.Length == 0)
            throw GateException.Input("GATE5011", $"the data file '{shown}' is empty", new SourceLocation(shown), "a task needs at least one item");
        int line = 1, index = 0;
        GateException? last = null;
        while (Guard(shown, line, () => reader.MoveNext()))
        {
            SepReader.Row row = reader.Current;
            line = row.LineNumberFrom;
            SourceLocation location = new(shown, line);
            last = null;
            if (row.ColCount == names.Length)
                yield return new DataRecord(Object(row, names), location) { Index = index };
            else
            {
                bad.Add(last = GateException.Input(
                    "GATE5012", $"line {line} has {row.ColCount} cells, expected {names.Length} ({string.Join(", ", names.Take(12))})", location,
                    "quote cells that hold the separator, quotes or line feeds; name the columns of a file without a header with 'columns'"));
            }

            index++;
        }

        if (last is not null && !EndsWithLine(path))
            throw BadRows.CutOff(last);
    }

    private static bool EndsWithLine(string path)
    {
        using FileStream file = File.OpenRead(path);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private static JsonElement Object(SepReader.Row row, string[] names)
    {
        System.Text.Json.Nodes.JsonObject cells = [];
        for (int i = 0; i < names.Length; i++)
            cells[names[i]] = row[i].ToString();
        return JsonSerializer.SerializeToElement(cells);
    }

    private static StreamReader Open(string path, string shown)
    {
        try
        {
            return new StreamReader(File.OpenRead(RegularFile.Require(path)), _strict);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw SourceFile.Unreadable(path, exception);
        }
    }

    private static T Guard<T>(string shown, int line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException exception)
        {
            throw GateException.Input("GATE5017", $"'{shown}' is not UTF-8 text behind line {line}", new SourceLocation(shown, line), "convert the file to UTF-8", exception);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw GateException.Input(
                "GATE5012", $"'{shown}' is not separated text as RFC 4180 has it: {exception.Message.Split('\n')[0]}", new SourceLocation(shown, line),
                "check the quotes at this line", exception);
        }
    }
}
