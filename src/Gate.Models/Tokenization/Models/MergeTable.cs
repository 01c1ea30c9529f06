using System.Buffers;
using System.Numerics;

namespace Gate.Models.Tokenization.Models;

/// <summary>The merges of a byte-pair encoding: which two neighbours become what, and in which order of preference.</summary>
internal sealed class MergeTable
{
    private const int NoMerge = int.MaxValue;

    // Open addressing, at most half full. No pair is all ones, since ids are not negative.
    private Slot[] _slots;
    private int _count;

    /// <summary>Starts an empty table.</summary>
    /// <param name="capacity">How many merges there will be, about.</param>
    public MergeTable(int capacity) => _slots = Empty((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * capacity, 16)));

    /// <summary>Adds a merge behind all that are there; of two for the same pair the later counts.</summary>
    public void Add(int left, int right, int id)
    {
        if (2 * (_count + 1) > _slots.Length)
            Widen();
        ulong pair = Pair(left, right);
        _slots[IndexOf(pair)] = new Slot(pair, _count++, id);
    }

    /// <summary>Merges neighbours, the best rank first and the leftmost of equals, until no merge applies.</summary>
    /// <param name="ids">The symbols; on return the merged ones at its beginning.</param>
    /// <returns>How many are left.</returns>
    public int Apply(Span<int> ids)
    {
        const int Short = 48;
        return ids.Length <= Short ? ApplyByScanning(ids) : ApplyByQueue(ids);
    }

    /// <summary>Adds the merges in the order of their ranks; what a later merge of the same pair replaced is left blank.</summary>
    public void Describe(TokenizerDigest digest)
    {
        ulong[] pairs = new ulong[_count];
        int[] ids = new int[_count];
        foreach (Slot slot in _slots)
        {
            if (slot.Pair != ulong.MaxValue)
                (pairs[slot.Rank], ids[slot.Rank]) = (slot.Pair, slot.Id);
        }

        digest.Add<ulong>(pairs).Add<int>(ids);
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
            int bestRank = NoMerge;
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

    // Linked symbols and a heap of candidate merges, each a rank above a position: n log n whatever the text. Beside every symbol stands its merge with the
    // next; a candidate of another rank is out of date.
    private int ApplyByQueue(Span<int> ids)
    {
        (int Rank, int Id)[] merges = ArrayPool<(int, int)>.Shared.Rent(ids.Length);
        int[] next = ArrayPool<int>.Shared.Rent(ids.Length);
        int[] previous = ArrayPool<int>.Shared.Rent(ids.Length);
        var queue = new MergeQueue(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            merges[i] = i + 1 < ids.Length ? Find(ids[i], ids[i + 1]) : (NoMerge, -1);
            if (merges[i].Rank != NoMerge)
                queue.Append(merges[i].Rank, i);
        }

        queue.Order();
        while (queue.TryTake(out int rank, out int position))
        {
            if (merges[position].Rank != rank)
                continue;
            int gone = next[position];
            int after = next[gone];
            ids[position] = merges[position].Id;
            merges[gone].Rank = NoMerge;
            next[position] = after;
            if (after < ids.Length)
                previous[after] = position;
            merges[position] = after < ids.Length ? Find(ids[position], ids[after]) : (NoMerge, -1);
            if (merges[position].Rank != NoMerge)
                queue.Put(merges[position].Rank, position);
            if (previous[position] is >= 0 and int before)
            {
                merges[before] = Find(ids[before], ids[position]);
                if (merges[before].Rank != NoMerge)
                    queue.Put(merges[before].Rank, before);
            }
        }

        int count = 0;
        for (int i = 0; i < ids.Length; i = next[i])
            ids[count++] = ids[i];
        queue.Return();
        ArrayPool<(int, int)>.Shared.Return(merges);
        ArrayPool<int>.Shared.Return(next);
        ArrayPool<int>.Shared.Return(previous);
        return count;
    }

    private (int Rank, int Id) Find(int left, int right)
    {
        ulong pair = Pair(left, right);
        Slot slot = _slots[IndexOf(pair)];
        return slot.Pair == pair ? (slot.Rank, slot.Id) : (NoMerge, -1);
    }

    // Where a pair is, or the empty place where it belongs.
    private int IndexOf(ulong pair)
    {
        int index = (int)((pair * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2((uint)_slots.Length)));
        while (_slots[index].Pair != pair && _slots[index].Pair != ulong.MaxValue)
            index = (index + 1) & (_slots.Length - 1);
        return index;
    }

    private void Widen()
    {
        Slot[] slots = _slots;
        _slots = Empty(2 * slots.Length);
        foreach (Slot slot in slots)
        {
            if (slot.Pair != ulong.MaxValue)
                _slots[IndexOf(slot.Pair)] = slot;
        }
    }

    private static Slot[] Empty(int length)
    {
        var slots = new Slot[length];
        Array.Fill(slots, new Slot(ulong.MaxValue, 0, 0));
        return slots;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private readonly record struct Slot(ulong Pair, int Rank, int Id);
}
