using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The attention of a Llama-like block: x += attention(norm(x)).</summary>
internal sealed class LlamaAttention : IResidualStep
{
    private readonly LlamaWorkspace _workspace;
    private readonly int _storeLayer;
    private readonly NormalizationSettings _norm;
    private readonly NormalizationSettings? _queryNorm, _keyNorm;
    private readonly LinearWeights _queryKeyValue, _output;

    /// <summary>Uploads its weights.</summary>
    /// <param name="workspace">Shared with all that runs on the engine.</param>
    /// <param name="weights">The model's tensors.</param>
    /// <param name="name">Module name of the block.</param>
    /// <param name="storeLayer">Layer of the key/value store that is the block's own.</param>
    public LlamaAttention(LlamaWorkspace workspace, ModelWeights weights, string name, int storeLayer)
    {
        (_workspace, _storeLayer) = (workspace, storeLayer);
        LlamaSettings settings = workspace.Settings;
        string attention = $"{name}.self_attn";
        _norm = workspace.Norm(weights, $"{name}.input_layernorm.weight");
        _queryKeyValue = workspace.Linear(weights, settings.InputBias, $"{attention}.q_proj", $"{attention}.k_proj", $"{attention}.v_proj");
        _queryNorm = settings.HeadNorms ? workspace.Norm(weights, $"{attention}.q_norm.weight") : null;
        _keyNorm = settings.HeadNorms ? workspace.Norm(weights, $"{attention}.k_norm.weight") : null;
        _output = workspace.Linear(weights, settings.OutputBias, $"{attention}.o_proj");
    }

    public void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store)
    {
        Attend(batch, stream, store);
        AddOutput(_workspace.Attended, stream);
    }

    /// <summary>Lets every token attend; what it gathers is in <see cref="LlamaWorkspace.Attended"/>.</summary>
    public void Attend(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store)
    {
        LlamaWorkspace w = _workspace;
        w.Engine.Normalize(stream, _norm, w.Normed);
        w.Engine.Linear(w.Normed, _queryKeyValue, w.Projected);
        if (_queryNorm is not null && _keyNorm is not null)
        {
            w.Engine.NormalizeHeads(w.Projected, 0, w.Settings.Heads, _queryNorm);
            w.Engine.NormalizeHeads(w.Projected, w.Settings.QueryWidth, w.Settings.KeyValueHeads, _keyNorm);
        }

        // Keys follow the queries, so one rotation covers both.
        DeviceMatrix angles = w.Rotary.For(batch.LengthClass, batch.PositionCount);
        w.Engine.Rotate(w.Projected, w.Settings.Heads + w.Settings.KeyValueHeads, w.Settings.HeadSize, angles, batch.Positions);
        w.Engine.Attend(batch, w.Projected, w.Attention, store, _storeLayer, w.Attended);
    }

    /// <summary>Adds the projected attention to rows of the stream.</summary>
    /// <param name="attended">What attention gave for these rows.</param>
    /// <param name="stream">The rows, changed in place.</param>
    public void AddOutput(DeviceMatrix attended, DeviceMatrix stream)
    {
        _workspace.Engine.Linear(attended, _output, _workspace.Delta);
        _workspace.Engine.Add(stream, _workspace.Delta);
    }
}
