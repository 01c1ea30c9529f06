namespace Gate.Models.Tokenization.Models;

/// <summary>The merges of a byte-pair encoding: which two neighbours become what, and in which order of preference.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<ulong, (int Rank, int Id)> _merges;

    /// <summary>Starts an empty table.</summary>
    /// <param name="capacity">Number of merges expected.</param>
    public MergeTable(int capacity) => _merges = new Dictionary<ulong, (int, int)>(capacity);

    /// <summary>Adds a merge; of two for the same pair the later counts.</summary>
    public void Add(int left, int right, int rank, int id) => _merges[Key(left, right)] = (rank, id);

    /// <summary>Merges neighbours, the best rank first and the leftmost of equals, until no merge applies.</summary>
    /// <param name="ids">The symbols; on return the merged ones at its beginning.</param>
    /// <returns>How many are left.</returns>
    public int Apply(Span<int> ids)
    {
        const int Short = 48;
        return ids.Length <= Short ? ApplyByScanning(ids) : ApplyByQueue(ids);
    }

    // A word is short: looking at all pairs each time beats any queue. The ranks of the pairs are kept beside the symbols.
    private int ApplyByScanning(Span<int> ids)
    {
        int count = ids.Length;
        Span<(int Rank, int Id)> merges = stackalloc (int, int)[count];
        for (int i = 0; i + 1 < count; i++)
            merges[i] = Find(ids[i], ids[i + 1]);
        while (true)
        {
            int best = -1;
            int bestRank = int.MaxValue;
            for (int i = 0; i + 1 < count; i++)
            {
                if (merges[i].Rank < bestRank)
                    (best, bestRank) = (i, merges[i].Rank);
            }

            if (best < 0)
                return count;
            ids[best] = merges[best].Id;
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            merges[(best + 2)..count].CopyTo(merges[(best + 1)..]);
            count--;
            if (best + 1 < count)
                merges[best] = Find(ids[best], ids[best + 1]);
            if (best > 0)
                merges[best - 1] = Find(ids[best - 1], ids[best]);
        }
    }

    // Linked symbols and a queue of candidate merges, some of them out of date: n log n whatever the text.
    private int ApplyByQueue(Span<int> ids)
    {
        int[] next = new int[ids.Length];
        int[] previous = new int[ids.Length];
        var queue = new PriorityQueue<(int Position, int Left, int Right, int Id), ulong>(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            (next[i], previous[i]) = (i + 1 < ids.Length ? i + 1 : -1, i - 1);
            if (next[i] >= 0)
                Enqueue(queue, i, ids[i], ids[i + 1]);
        }

        while (queue.TryDequeue(out (int Position, int Left, int Right, int Id) merge, out _))
        {
            int position = merge.Position;
            int right = next[position];
            if (ids[position] != merge.Left || right < 0 || ids[right] != merge.Right)
                continue;
            ids[position] = merge.Id;
            ids[right] = -1;
            next[position] = next[right];
            next[right] = -1;
            if (next[position] >= 0)
            {
                previous[next[position]] = position;
                Enqueue(queue, position, merge.Id, ids[next[position]]);
            }

            if (previous[position] >= 0)
                Enqueue(queue, previous[position], ids[previous[position]], merge.Id);
        }

        int count = 0;
        for (int i = 0; i >= 0; i = next[i])
            ids[count++] = ids[i];
        return count;
    }

    private void Enqueue(
        PriorityQueue<(int Position, int Left, int Right, int Id), ulong> queue, int position, int left, int right)
    {
        if (_merges.TryGetValue(Key(left, right), out (int Rank, int Id) merge))
            queue.Enqueue((position, left, right, merge.Id), Key(merge.Rank, position));
    }

    private (int Rank, int Id) Find(int left, int right) =>
        _merges.TryGetValue(Key(left, right), out (int Rank, int Id) merge) ? merge : (int.MaxValue, -1);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
