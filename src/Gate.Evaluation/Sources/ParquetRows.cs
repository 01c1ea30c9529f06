using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Diagnostics;
using Parquet;
using Parquet.Serialization;

namespace Gate.Evaluation.Sources;

/// <summary>Reads Parquet files, one row group at a time; lists and groups become lists and objects.</summary>
internal static class ParquetRows
{
    /// <summary>The rows.</summary>
    /// <exception cref="GateException">Exit 4: missing, or not a Parquet file.</exception>
    public static IEnumerable<DataRecord> Read(string path)
    {
        string shown = DisplayPath.Of(path);
        using FileStream stream = Open(path);
        int groups = Guard(shown, 0, async () =>
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true).ConfigureAwait(false);
            return reader.RowGroupCount;
        });
        int index = 0;
        for (int group = 0; group < groups; group++)
        {
            int current = group;
            var rows = Guard(shown, index, async () =>
            {
                stream.Position = 0;
                return await ParquetSerializer.DeserializeUntypedAsync(stream, null, current, CancellationToken.None).ConfigureAwait(false);
            });
            foreach (IDictionary<string, object> row in rows.Data)
            {
                yield return new DataRecord(JsonSerializer.SerializeToElement(ToJson(row)), new SourceLocation(shown, index + 1)) { Index = index };
                index++;
            }
        }
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        ReadOnlyMemory<char> text => JsonValue.Create(text.ToString()),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        float number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        IDictionary<string, object> members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, ToJson(member.Value)))),
        IDictionary entries => new JsonObject(entries.Keys.Cast<object>().Select(key => KeyValuePair.Create($"{key}", ToJson(entries[key])))),
        IEnumerable elements => new JsonArray([.. elements.Cast<object?>().Select(ToJson)]),
        _ => JsonValue.Create(FormattableString.Invariant($"{value}")),
    };

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(RegularFile.Require(path));
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw SourceFile.Unreadable(path, exception);
        }
    }

    private static T Guard<T>(string shown, int row, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not (GateException or OutOfMemoryException or OperationCanceledException))
        {
            // The library throws whatever a damaged file leads it to.
            throw GateException.Input(
                "GATE5033", $"'{shown}' cannot be read as Parquet behind row {row}: {exception.Message.Split('\n')[0]}", new SourceLocation(shown, row),
                "fetch the file again and compare its size", exception);
        }
    }
}
