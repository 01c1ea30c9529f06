using Gate.Models.Batching;
using Gate.Models.Engines;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>Keys and values on a device, one tensor of [rows, width] of each for every block.</summary>
internal sealed class TorchKeyValueStore(KeyValueShape shape, Device device, ScalarType format) : KeyValueStore, IDisposable
{
    private readonly Tensor?[] _keys = new Tensor?[shape.Layers];
    private readonly Tensor?[] _values = new Tensor?[shape.Layers];
    private int _rows;

    public override KeyValueShape Shape => shape;

    public override void EnsureRows(int rows)
    {
        if (rows <= _rows)
            return;
        // A generation asks for one more row at a time: growth by half keeps the copying linear.
        int larger = (int)Math.Max(rows, Math.Min(_rows * 3L / 2, int.MaxValue));
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Grow(ref _keys[layer], larger);
            Grow(ref _values[layer], larger);
        }

        _rows = larger;
    }

    /// <summary>Keys of a block.</summary>
    public Tensor Keys(int layer) => _keys[layer]!;

    /// <summary>Values of a block.</summary>
    public Tensor Values(int layer) => _values[layer]!;

    /// <summary>Moves runs to the front, in order.</summary>
    public void Compact(IReadOnlyList<KeyValueRun> runs)
    {
        long[] rows = [.. runs.SelectMany(run => Enumerable.Range(run.FirstRow, run.Count)).Select(row => (long)row)];
        if (rows.Index().All(row => row.Index == row.Item))
            return;
        using DisposeScope scope = NewDisposeScope();
        Tensor from = tensor(rows, dtype: ScalarType.Int64).to(device);
        foreach (Tensor? stored in _keys.Concat(_values))
            stored!.narrow(0, 0, rows.Length).copy_(stored.index_select(0, from));
    }

    public void Dispose()
    {
        foreach (Tensor? stored in _keys.Concat(_values))
            stored?.Dispose();
    }

    private void Grow(ref Tensor? stored, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor larger = empty(rows, shape.Width, dtype: format, device: device);
        if (stored is not null)
            larger.narrow(0, 0, _rows).copy_(stored);
        stored?.Dispose();
        stored = larger.DetachFromDisposeScope();
    }
}
