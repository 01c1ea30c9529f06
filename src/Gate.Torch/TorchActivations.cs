using Gate.Models.Blueprints;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Gate.Torch;

/// <summary>Activations of feed-forward layers.</summary>
internal static class TorchActivations
{
    // Where GPT-OSS cuts gate and up.
    private const float Limit = 7;
    private const float Steepness = 1.702f;

    /// <summary>activation(values).</summary>
    public static Tensor Apply(Tensor values, Activation activation) => activation switch
    {
        Activation.Silu => silu(values),
        Activation.Gelu => gelu(values),
        Activation.GeluTanh => values.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
        Activation.Relu => relu(values),
        Activation.QuickGelu => values * (values * Steepness).sigmoid(),
        _ => throw new NotSupportedException("This activation needs a gate."),
    };

    /// <summary>activation(gate) · up.</summary>
    public static Tensor ApplyGated(Tensor gate, Tensor up, Activation activation)
    {
        if (activation != Activation.ClampedSwiGlu)
            return Apply(gate, activation).mul_(up);
        Tensor cut = gate.clamp_max(Limit);
        return (cut * (cut * Steepness).sigmoid()).mul_(up.clamp(-Limit, Limit).add_(1));
    }
}
