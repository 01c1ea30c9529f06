using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Caching;

/// <summary>The kept results of one model on one task.</summary>
public sealed class ItemResultEntries : IDisposable
{
    private Journal? _journal;
    private readonly string _modelKey;
    private readonly string _taskKey;
    private readonly Dictionary<string, ItemResult> _results = new(StringComparer.Ordinal);

    internal ItemResultEntries(Journal? journal, string modelKey, string taskKey)
    {
        (_modelKey, _taskKey, _journal) = (modelKey, taskKey, journal);
        if (journal is null)
            return;
        (List<string> lines, int damaged) = journal.Read();
        Damaged = damaged;
        var entries = new (string Item, ItemResult Result)?[lines.Count];
        Parallel.For(0, entries.Length, i => entries[i] =
            Parse(lines[i]) is { } entry && entry.Model == modelKey && entry.Task == taskKey ? (entry.Item, entry.ToResult()) : null);

        // In the order of the lines: of two results of one item the later counts.
        foreach ((string Item, ItemResult Result)? entry in entries)
        {
            if (entry is { } kept)
                _results[kept.Item] = kept.Result;
            else
                Damaged++;
        }
    }

    /// <summary>Entries that were there but could not be trusted: damaged, or made for something else.</summary>
    public int Damaged { get; }

    /// <summary>The kept result of an item, or null.</summary>
    public ItemResult? Find(TaskItem item) =>
        _results.TryGetValue(item.Hash, out ItemResult? result) ? result with { ItemId = item.Id } : null;

    /// <summary>Keeps results; they survive the end of this process from the moment this returns null.</summary>
    /// <returns>Why nothing more is kept from now on, once; otherwise null. A cache that cannot be written never ends a run.</returns>
    public string? Keep(IEnumerable<(TaskItem Item, ItemResult Result)> finished)
    {
        if (_journal is null)
            return null;
        try
        {
            _journal.Append(finished.Select(pair =>
                JsonSerializer.Serialize(KeptItem.From(_modelKey, _taskKey, pair.Item, pair.Result), CacheJson.Default.KeptItem)));
            return null;
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            _journal.Dispose();
            _journal = null;
            return exception.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _journal?.Dispose();

    private static KeptItem? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CacheJson.Default.KeptItem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
