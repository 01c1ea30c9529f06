using Gate.Models.Batching;
using Gate.Models.Blueprints;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>
/// Segments of a batch that attend in one operation, all padded to the longest of them: queries of [sequences, queries], keys of [sequences, keys]. What is
/// padding repeats a row of the same sequence, so that nothing is read that was never written.
/// </summary>
internal sealed class AttentionGroup : IDisposable
{
    // Rows of scores: 256 MiB in binary32. A longer segment is cut into runs of queries.
    private const long MostScores = 1 << 26;
    private const int MostQueries = 512;

    // An operation costs about as much as this many scores, whatever its size.
    private const long WorkOfOperation = 1 << 15;

    private readonly Device _device;
    private readonly Part[] _parts;
    private readonly Dictionary<int, Tensor?> _masks = [];
    private readonly Tensor _queryPositions, _keyCounts;
    private Tensor? _distances;

    private AttentionGroup(Part[] parts, bool looksBack, int batchRows, Device device)
    {
        (_parts, _device, LooksBack) = (parts, device, looksBack);
        Queries = parts.Max(part => part.Count);
        Keys = parts.Max(part => part.Keys.Sum(run => run.Count));
        List<int> queryRows = [], keyRows = [], slots = [], rows = [];
        foreach ((int index, Part part) in parts.Index())
        {
            int[] keys = [.. part.Keys.SelectMany(run => Enumerable.Range(run.FirstRow, run.Count))];
            keyRows.AddRange(keys);
            keyRows.AddRange(Enumerable.Repeat(keys[0], Keys - keys.Length));
            for (int query = 0; query < Queries; query++)
                queryRows.Add(part.FirstToken + Math.Min(query, part.Count - 1));
            slots.AddRange(Enumerable.Range(index * Queries, part.Count));
            rows.AddRange(Enumerable.Range(part.FirstToken, part.Count));
        }

        IsWholeBatch = rows.Count == batchRows && queryRows.Index().All(row => row.Index == row.Item);
        QueryRows = DeviceBatch.Kept([.. queryRows], device);
        KeyRows = DeviceBatch.Kept([.. keyRows], device);
        Slots = DeviceBatch.Kept([.. slots], device);
        Rows = DeviceBatch.Kept([.. rows], device);
        _keyCounts = DeviceBatch.Kept([.. parts.Select(part => part.Keys.Sum(run => run.Count))], device);
        _queryPositions = DeviceBatch.Kept([.. parts.SelectMany(part => Enumerable.Range(part.Position, Queries))], device);
    }

    /// <summary>Sequences.</summary>
    public int Sequences => _parts.Length;

    /// <summary>Queries of each, padded.</summary>
    public int Queries { get; }

    /// <summary>Keys of each, padded.</summary>
    public int Keys { get; }

    /// <summary>Whether a token sees only what is before it.</summary>
    public bool LooksBack { get; }

    /// <summary>Row of the batch for every query.</summary>
    public Tensor QueryRows { get; }

    /// <summary>Row of the store for every key.</summary>
    public Tensor KeyRows { get; }

    /// <summary>Which queries are no padding.</summary>
    public Tensor Slots { get; }

    /// <summary>The rows of the batch that these are.</summary>
    public Tensor Rows { get; }

    /// <summary>Whether the queries are the rows of the batch, in order.</summary>
    public bool IsWholeBatch { get; }

    /// <summary>Cuts a batch into groups whose padding costs less than another operation.</summary>
    public static IEnumerable<AttentionGroup> Of(RaggedBatch batch, Attention attention, Device device)
    {
        bool looksBack = attention.Sees == Sees.Past;
        List<Part> group = [];
        long work = 0;
        foreach (Part part in batch.Segments.SelectMany(segment => Cut(segment, attention)).OrderByDescending(part => part.KeyCount).ThenByDescending(part => part.Count))
        {
            long own = (long)part.Count * part.KeyCount;
            if (group.Count > 0)
            {
                long padded = (group.Count + 1L) * Math.Max(group.Max(other => other.Count), part.Count) * group[0].KeyCount;
                if (padded > ((work + own) * 3 / 2) + WorkOfOperation || padded * attention.Heads > MostScores)
                {
                    yield return new AttentionGroup([.. group.OrderBy(other => other.FirstToken)], looksBack, batch.Count, device);
                    group.Clear();
                    work = 0;
                }
            }

            group.Add(part);
            work += own;
        }

        yield return new AttentionGroup([.. group.OrderBy(other => other.FirstToken)], looksBack, batch.Count, device);
    }

    /// <summary>Whether the triangle of causal attention is all that is masked: every sequence starts at its first position, and padding lies behind all queries.</summary>
    /// <param name="window">Tokens a token sees.</param>
    public bool IsTriangle(int window) => LooksBack && Queries == Keys && window >= Keys && _parts.All(part => part.Position == 0);

    /// <summary>What a query sees, [sequences, 1, queries, keys], or null where it is everything.</summary>
    /// <param name="window">Tokens a token sees towards each side.</param>
    public Tensor? Mask(int window)
    {
        if (_masks.TryGetValue(window, out Tensor? mask))
            return mask;
        bool seesAll = _parts.All(part => part.KeyCount == Keys) && window >= Keys && (!LooksBack || Queries == 1);
        if (!seesAll)
        {
            using DisposeScope scope = NewDisposeScope();
            mask = arange(Keys, dtype: ScalarType.Int64, device: _device) < _keyCounts.view(-1, 1, 1, 1);
            if (LooksBack)
                mask = mask.logical_and(Distances() <= 0);
            if (window < int.MaxValue)
                mask = mask.logical_and(Distances().abs() < window);
            mask = mask.expand(Sequences, 1, Queries, Keys).contiguous().DetachFromDisposeScope();
        }

        _masks.Add(window, mask);
        return mask;
    }

    /// <summary>Key position − query position, [sequences, 1, queries, keys].</summary>
    public Tensor Distances()
    {
        if (_distances is null)
        {
            using DisposeScope scope = NewDisposeScope();
            _distances = (arange(Keys, dtype: ScalarType.Int64, device: _device) - _queryPositions.view(Sequences, 1, Queries, 1)).DetachFromDisposeScope();
        }

        return _distances;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[QueryRows, KeyRows, Slots, Rows, _queryPositions, _keyCounts])
            tensor.Dispose();
        foreach (Tensor? mask in _masks.Values)
            mask?.Dispose();
        _distances?.Dispose();
    }

    private static IEnumerable<Part> Cut(Segment segment, Attention attention)
    {
        KeyValueRun[] keys = attention.Sees == Sees.Memory ? [segment.Memory] : segment.Runs.ToArray();
        int all = keys.Sum(run => run.Count);
        int atOnce = (int)Math.Clamp(MostScores / ((long)all * attention.Heads), 1, MostQueries);
        for (int first = 0; first < segment.Count; first += atOnce)
            yield return new Part(segment.FirstToken + first, Math.Min(atOnce, segment.Count - first), segment.StartPosition + first, keys, all);
    }

    // Queries of one sequence and the rows of its keys.
    private sealed record Part(int FirstToken, int Count, int Position, KeyValueRun[] Keys, int KeyCount);
}
