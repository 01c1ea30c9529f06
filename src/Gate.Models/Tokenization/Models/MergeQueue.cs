using System.Buffers;

namespace Gate.Models.Tokenization.Models;

/// <summary>A heap of candidate merges, the lowest rank first and the leftmost position of equal ranks. Its array is lent by the pool and given back by <see cref="Return"/>.</summary>
internal struct MergeQueue(int capacity)
{
    // A position has one candidate at first and at most two more for every merge, which takes a symbol away.
    private readonly ulong[] _entries = ArrayPool<ulong>.Shared.Rent(Math.Max(3 * capacity, 1));
    private int _count;

    /// <summary>Adds a candidate without regard to order, before <see cref="Order"/>.</summary>
    public void Append(int rank, int position) => _entries[_count++] = Entry(rank, position);

    /// <summary>Puts what was appended in order.</summary>
    public readonly void Order()
    {
        for (int i = (_count / 2) - 1; i >= 0; i--)
            Sink(i, _entries[i]);
    }

    /// <summary>Adds a candidate.</summary>
    public void Put(int rank, int position)
    {
        ulong entry = Entry(rank, position);
        int i = _count++;
        while (i > 0 && _entries[(i - 1) / 2] > entry)
        {
            _entries[i] = _entries[(i - 1) / 2];
            i = (i - 1) / 2;
        }

        _entries[i] = entry;
    }

    /// <summary>Takes the first candidate out; false when there is none.</summary>
    public bool TryTake(out int rank, out int position)
    {
        if (_count == 0)
        {
            (rank, position) = (0, 0);
            return false;
        }

        (rank, position) = ((int)(_entries[0] >> 32), (int)(uint)_entries[0]);
        ulong last = _entries[--_count];
        if (_count > 0)
            Sink(0, last);
        return true;
    }

    /// <summary>Gives the array back; the queue is of no use afterwards.</summary>
    public readonly void Return() => ArrayPool<ulong>.Shared.Return(_entries);

    private readonly void Sink(int i, ulong entry)
    {
        ulong[] entries = _entries;
        for (int child = (2 * i) + 1; child < _count; child = (2 * i) + 1)
        {
            if (child + 1 < _count && entries[child + 1] < entries[child])
                child++;
            if (entries[child] >= entry)
                break;
            entries[i] = entries[child];
            i = child;
        }

        entries[i] = entry;
    }

    private static ulong Entry(int rank, int position) => ((ulong)(uint)rank << 32) | (uint)position;
}
