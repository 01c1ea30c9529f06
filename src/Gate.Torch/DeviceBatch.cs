using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>What a batch says besides its tokens, on the device: copied once and used by every block.</summary>
internal sealed class DeviceBatch(RaggedBatch batch, Device device) : IDisposable
{
    private readonly Dictionary<Sees, AttentionGroup[]> _groups = [];
    private readonly Dictionary<DeviceMatrix, Tensor> _angles = [];
    private readonly int _count = batch.Count;
    private Tensor? _positions, _storeRows;

    /// <summary>Position of every token.</summary>
    public Tensor Positions => _positions ??= Kept(batch.Positions, device);

    /// <summary>Store row of every token.</summary>
    public Tensor StoreRows => _storeRows ??= Kept(
        [.. batch.Segments.SelectMany(segment => Enumerable.Range(segment.StoreRow, segment.Count))], device);

    /// <summary>Whether this is what the batch says now.</summary>
    public bool Is(RaggedBatch other) => ReferenceEquals(batch, other) && other.Count == _count;

    /// <summary>The rows of a table of angles, one for each token.</summary>
    public Tensor Angles(TorchMatrix table)
    {
        if (!_angles.TryGetValue(table, out Tensor? rows))
            _angles.Add(table, rows = table.Values.index_select(0, Positions).DetachFromDisposeScope());
        return rows;
    }

    /// <summary>The batch in groups that attend together.</summary>
    public AttentionGroup[] Groups(Attention attention)
    {
        if (!_groups.TryGetValue(attention.Sees, out AttentionGroup[]? groups))
            _groups.Add(attention.Sees, groups = [.. AttentionGroup.Of(batch, attention, device)]);
        return groups;
    }

    public void Dispose()
    {
        _positions?.Dispose();
        _storeRows?.Dispose();
        foreach (Tensor angles in _angles.Values)
            angles.Dispose();
        foreach (AttentionGroup group in _groups.Values.SelectMany(groups => groups))
            group.Dispose();
    }

    /// <summary>Indices on a device that outlive the dispose scope.</summary>
    public static Tensor Kept(ReadOnlySpan<int> values, Device device) => Indices(values, device).DetachFromDisposeScope();

    /// <summary>Indices on a device.</summary>
    public static Tensor Indices(ReadOnlySpan<int> values, Device device)
    {
        long[] indices = new long[values.Length];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = values[i];
        Tensor host = tensor(indices, dtype: ScalarType.Int64), there = host.to(device);
        if (!ReferenceEquals(host, there))
            host.Dispose();
        return there;
    }
}
