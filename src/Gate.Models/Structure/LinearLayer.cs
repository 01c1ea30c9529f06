using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>One linear layer of a model, the unit of compression: y = x·Wᵀ + b with W of shape [outputs, inputs].</summary>
/// <param name="Name">Module name, for example <c>model.layers.0.self_attn.q_proj</c>; patterns match this.</param>
/// <param name="WeightTensor">Name of the weight tensor.</param>
/// <param name="Outputs">Output features, the rows of W.</param>
/// <param name="Inputs">Input features, the columns of W.</param>
/// <param name="Role">What the layer does.</param>
/// <param name="Block">Index of the transformer block, or −1 outside the blocks.</param>
/// <param name="InputGroup">Layers with the same group read the same input (query, key and value; gate and up) and share calibration statistics.</param>
public sealed record LinearLayer(string Name, string WeightTensor, int Outputs, int Inputs, LinearRole Role, int Block, string InputGroup)
{
    /// <summary>Whether its weight lies in the file as [inputs, outputs] (the <c>Conv1D</c> of GPT-2, stacked experts).</summary>
    public bool IsTransposed { get; init; }

    /// <summary>The last block that uses it; behind <see cref="Block"/> where blocks share their layers (ALBERT).</summary>
    public int LastBlock { get; init; } = Block;

    /// <summary>Number of weights.</summary>
    public long WeightCount => (long)Outputs * Inputs;
}
