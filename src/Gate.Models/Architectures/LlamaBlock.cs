using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>One block of a Llama-like decoder: x += attention(norm(x)); x += feedForward(norm(x)).</summary>
internal sealed class LlamaBlock : IResidualStep
{
    private readonly LlamaWorkspace _workspace;
    private readonly int _storeLayer;
    private readonly NormalizationSettings _attentionNorm, _feedForwardNorm;
    private readonly NormalizationSettings? _queryNorm, _keyNorm;
    private readonly LinearWeights _queryKeyValue, _output, _gateAndUp, _down;

    /// <summary>Uploads the block's weights.</summary>
    /// <param name="workspace">Shared with the other blocks of the engine.</param>
    /// <param name="weights">The model's tensors.</param>
    /// <param name="name">Module name of the block.</param>
    /// <param name="storeLayer">Layer of the key/value store that is the block's own.</param>
    public LlamaBlock(LlamaWorkspace workspace, ModelWeights weights, string name, int storeLayer)
    {
        _workspace = workspace;
        _storeLayer = storeLayer;
        LlamaSettings settings = workspace.Settings;
        string attention = $"{name}.self_attn", feedForward = $"{name}.mlp";
        LinearWeights Stack(bool bias, params string[] modules) =>
            workspace.Engine.UploadLinear([.. modules.Select(module => weights.Linear(module, bias))]);

        _attentionNorm = workspace.Norm(weights, $"{name}.input_layernorm.weight");
        _queryKeyValue = Stack(settings.InputBias, $"{attention}.q_proj", $"{attention}.k_proj", $"{attention}.v_proj");
        _queryNorm = settings.HeadNorms ? workspace.Norm(weights, $"{attention}.q_norm.weight") : null;
        _keyNorm = settings.HeadNorms ? workspace.Norm(weights, $"{attention}.k_norm.weight") : null;
        _output = Stack(settings.OutputBias, $"{attention}.o_proj");
        _feedForwardNorm = workspace.Norm(weights, $"{name}.post_attention_layernorm.weight");
        _gateAndUp = Stack(settings.FeedForwardBias, $"{feedForward}.gate_proj", $"{feedForward}.up_proj");
        _down = Stack(settings.FeedForwardBias, $"{feedForward}.down_proj");
    }

    public void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store)
    {
        Attend(batch, stream, store);
        AddOutputs(_workspace.Attended, stream);
    }

    /// <summary>Lets every token attend; what it gathers is in <see cref="LlamaWorkspace.Attended"/>.</summary>
    public void Attend(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store)
    {
        LlamaWorkspace w = _workspace;
        w.Engine.Normalize(stream, _attentionNorm, w.Normed);
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

    /// <summary>Adds the projected attention and the feed-forward to rows of the stream.</summary>
    /// <param name="attended">What attention gave for these rows.</param>
    /// <param name="stream">The rows, changed in place.</param>
    public void AddOutputs(DeviceMatrix attended, DeviceMatrix stream)
    {
        LlamaWorkspace w = _workspace;
        w.Engine.Linear(attended, _output, w.Delta);
        w.Engine.Add(stream, w.Delta);
        w.Engine.Normalize(stream, _feedForwardNorm, w.Normed);
        w.Engine.Linear(w.Normed, _gateAndUp, w.GateAndUp);
        w.Engine.ActivateGated(w.GateAndUp, Activation.Silu, w.Activated);
        w.Engine.Linear(w.Activated, _down, w.Delta);
        w.Engine.Add(stream, w.Delta);
    }
}
