using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The feed-forward of a Llama-like block: x += down(silu(gate(norm(x))) · up(norm(x))).</summary>
internal sealed class LlamaFeedForward : IResidualStep
{
    private readonly LlamaWorkspace _workspace;
    private readonly NormalizationSettings _norm;
    private readonly LinearWeights _gateAndUp, _down;

    /// <summary>Uploads its weights.</summary>
    /// <param name="workspace">Shared with all that runs on the engine.</param>
    /// <param name="weights">The model's tensors.</param>
    /// <param name="name">Module name of the block.</param>
    public LlamaFeedForward(LlamaWorkspace workspace, ModelWeights weights, string name)
    {
        _workspace = workspace;
        bool bias = workspace.Settings.FeedForwardBias;
        string feedForward = $"{name}.mlp";
        _norm = workspace.Norm(weights, $"{name}.post_attention_layernorm.weight");
        _gateAndUp = workspace.Linear(weights, bias, $"{feedForward}.gate_proj", $"{feedForward}.up_proj");
        _down = workspace.Linear(weights, bias, $"{feedForward}.down_proj");
    }

    public void Run(RaggedBatch batch, DeviceMatrix stream, KeyValueStore store) => Add(stream);

    /// <summary>Adds the feed-forward to rows of the stream.</summary>
    /// <param name="stream">The rows, changed in place.</param>
    public void Add(DeviceMatrix stream)
    {
        LlamaWorkspace w = _workspace;
        w.Engine.Normalize(stream, _norm, w.Normed);
        w.Engine.Linear(w.Normed, _gateAndUp, w.GateAndUp);
        w.Engine.ActivateGated(w.GateAndUp, Activation.Silu, w.Activated);
        w.Engine.Linear(w.Activated, _down, w.Delta);
        w.Engine.Add(stream, w.Delta);
    }
}
