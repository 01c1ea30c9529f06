using Gate.Models.Batching;
using Gate.Numerics.Attention;
using Gate.Numerics.Memory;

namespace Gate.Models.Engines.Managed;

/// <summary>Keys and values in native memory, one matrix of each for every block.</summary>
internal sealed class ManagedKeyValueStore : KeyValueStore, IDisposable
{
    private readonly AlignedBuffer<float>[] _keys;
    private readonly AlignedBuffer<float>[] _values;
    private int _rows;

    /// <summary>An empty store.</summary>
    public ManagedKeyValueStore(KeyValueShape shape)
    {
        Shape = shape;
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => new AlignedBuffer<float>(0))];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => new AlignedBuffer<float>(0))];
    }

    public override KeyValueShape Shape { get; }

    public override void EnsureRows(int rows)
    {
        if (rows <= _rows)
            return;
        // A generation asks for one more row at a time: growth by half keeps the copying linear.
        int larger = (int)Math.Max(rows, Math.Min(_rows * 3L / 2, int.MaxValue));
        for (int layer = 0; layer < Shape.Layers; layer++)
        {
            Grow(ref _keys[layer], larger);
            Grow(ref _values[layer], larger);
        }

        _rows = larger;
    }

    /// <summary>Key rows of a block.</summary>
    public Span<float> Keys(int layer, int firstRow, int count) => _keys[layer].Slice((long)firstRow * Shape.Width, checked(count * Shape.Width));

    /// <summary>Value rows of a block.</summary>
    public Span<float> Values(int layer, int firstRow, int count) => _values[layer].Slice((long)firstRow * Shape.Width, checked(count * Shape.Width));

    /// <summary>A run as the attention kernel takes it.</summary>
    public KeyValueSegment Rows(int layer, KeyValueRun run)
    {
        int start = checked(run.FirstRow * Shape.Width), length = checked(run.Count * Shape.Width);
        return new KeyValueSegment(_keys[layer].Memory.Slice(start, length), _values[layer].Memory.Slice(start, length), run.Count);
    }

    /// <summary>Moves runs to the front, in order.</summary>
    public void Compact(IReadOnlyList<KeyValueRun> runs)
    {
        int row = 0;
        foreach (KeyValueRun run in runs)
        {
            if (run.FirstRow < row)
                throw new InvalidOperationException($"run at row {run.FirstRow} would be overwritten by the rows before it ({row})");
            for (int layer = 0; run.FirstRow != row && layer < Shape.Layers; layer++)
            {
                Keys(layer, run.FirstRow, run.Count).CopyTo(Keys(layer, row, run.Count));
                Values(layer, run.FirstRow, run.Count).CopyTo(Values(layer, row, run.Count));
            }

            row += run.Count;
        }
    }

    public void Dispose()
    {
        foreach (AlignedBuffer<float> buffer in _keys.Concat(_values))
            ((IDisposable)buffer).Dispose();
    }

    private void Grow(ref AlignedBuffer<float> buffer, int rows)
    {
        AlignedBuffer<float> larger = new((long)rows * Shape.Width);
        for (int row = 0; row < _rows; row++)
            buffer.Slice((long)row * Shape.Width, Shape.Width).CopyTo(larger.Slice((long)row * Shape.Width, Shape.Width));
        ((IDisposable)buffer).Dispose();
        buffer = larger;
    }
}
