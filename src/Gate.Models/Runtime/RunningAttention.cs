using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>An attention whose weights are uploaded; projections of one input lie side by side.</summary>
internal sealed class RunningAttention
{
    private const int FirstReach = 256;

    private readonly Attention _attention;
    private readonly Workspace _workspace;
    private readonly int _layer;
    private readonly LinearWeights _projections, _output;
    private readonly LinearWeights? _memory;
    private readonly NormWeights? _queryNorm, _keyNorm;
    private AttentionArithmetic _arithmetic;

    /// <summary>Uploads its weights.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="workspace">Shared with all that runs on the engine.</param>
    /// <param name="layer">Layer of the store, or of the memory's store, that is its own.</param>
    public RunningAttention(Attention attention, Workspace workspace, int layer)
    {
        (_attention, _workspace, _layer) = (attention, workspace, layer);
        ReadsMemory = attention.Sees == Sees.Memory;
        _projections = ReadsMemory ? workspace.Linear(attention.Query) : workspace.Linear(attention.Query, attention.Key, attention.Value);
        _memory = ReadsMemory ? workspace.Linear(attention.Key, attention.Value) : null;
        _output = workspace.Linear(attention.Output);
        _queryNorm = workspace.Norm(attention.QueryNorm);
        _keyNorm = workspace.Norm(attention.KeyNorm);
        _arithmetic = new AttentionArithmetic(attention)
        {
            Slopes = attention.Positions is Alibi alibi ? alibi.Slopes(attention.Heads) : default,
            Sinks = attention.Sinks is { } sinks ? workspace.Vector(sinks.Name) : default,
        };
    }

    /// <summary>Whether keys and values come from the encoder.</summary>
    public bool ReadsMemory { get; }

    /// <summary>Width of what <see cref="Gather"/> gives.</summary>
    public int GatheredWidth => _attention.QueryWidth;

    /// <summary>Lets every token of the batch attend.</summary>
    /// <param name="context">The batch and its stores.</param>
    /// <param name="input">One row for each token.</param>
    /// <param name="gathered">Receives one row for each token, before the output projection.</param>
    public void Gather(BatchContext context, DeviceMatrix input, DeviceMatrix gathered)
    {
        IComputeEngine engine = _workspace.Engine;
        RaggedBatch batch = context.Batch;
        DeviceMatrix projected = _workspace.Scratch("projected", _projections.Outputs);
        _workspace.Multiply(input, _projections, _attention.Query, projected);
        if (_queryNorm is not null)
            engine.NormalizeHeads(projected, 0, _attention.QueryWidth / _queryNorm.Norm.Width, _queryNorm);
        if (_keyNorm is not null && !ReadsMemory)
            engine.NormalizeHeads(projected, _attention.QueryWidth, _attention.KeyValueWidth / _keyNorm.Norm.Width, _keyNorm);

        // Keys follow the queries, so one rotation covers both.
        if (_attention.Positions is Rotary rotary)
        {
            DeviceMatrix angles = _workspace.Rotary(rotary).For(batch.LengthClass, batch.PositionCount);
            engine.Rotate(batch, projected, _attention.Heads + _attention.KeyValueHeads, _attention.HeadSize, rotary, angles);
        }
        else if (_attention.Positions is RelativeBuckets buckets)
        {
            Reach(buckets, batch.PositionCount);
        }

        if (!ReadsMemory)
            engine.Store(batch, projected, _attention.QueryWidth, context.Store, _layer);
        engine.Attend(batch, projected, _arithmetic, ReadsMemory ? context.Memory! : context.Store, _layer, gathered);
    }

    /// <summary>Projects what was gathered.</summary>
    /// <param name="gathered">Rows that <see cref="Gather"/> gave.</param>
    /// <param name="output">As many rows.</param>
    public void Project(DeviceMatrix gathered, DeviceMatrix output) => _workspace.Multiply(gathered, _output, _attention.Output, output);

    /// <summary>Stores the keys and values of what the encoder read.</summary>
    /// <param name="batch">The encoder's batch.</param>
    /// <param name="states">One row for each of its tokens.</param>
    /// <param name="memory">The memory's store.</param>
    public void Remember(RaggedBatch batch, DeviceMatrix states, KeyValueStore memory)
    {
        DeviceMatrix projected = _workspace.Scratch("memory", _memory!.Outputs);
        _workspace.Multiply(states, _memory, _attention.Key, projected);
        if (_keyNorm is not null)
            _workspace.Engine.NormalizeHeads(projected, 0, _attention.KeyValueWidth / _keyNorm.Norm.Width, _keyNorm);
        _workspace.Engine.Store(batch, projected, 0, memory, _layer);
    }

    // Doubling keeps the work linear in the longest sequence.
    private void Reach(RelativeBuckets buckets, int positions)
    {
        if (_arithmetic.Biases is { } known && known.Reach >= positions)
            return;
        int reach = _arithmetic.Biases?.Reach ?? FirstReach;
        while (reach < positions)
            reach *= 2;
        float[] table = _workspace.Vector(buckets.Table);
        int heads = _attention.Heads, width = (2 * reach) + 1;
        float[] values = new float[checked(heads * width)];
        for (int distance = -reach; distance <= reach; distance++)
        {
            int bucket = buckets.Of(distance);
            for (int head = 0; head < heads; head++)
                values[(head * width) + reach + distance] = table[(bucket * heads) + head];
        }

        _arithmetic = _arithmetic with { Biases = new DistanceBiases(values, reach) };
    }
}
