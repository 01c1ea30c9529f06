using System.Collections.Immutable;

namespace Gate.Models.Blueprints;

/// <summary>Activations of feed-forward layers.</summary>
internal enum Activation
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>x · Φ(x), with the error function.</summary>
    Gelu,

    /// <summary>GELU with the hyperbolic tangent approximation.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · sigmoid(1.702 · x).</summary>
    QuickGelu,

    /// <summary>Of gate g and up u, both cut at 7 (u at −7 too): g · sigmoid(1.702 · g) · (u + 1), as GPT-OSS has it. Gated only.</summary>
    ClampedSwiGlu,
}

/// <summary>down(activation(up(x))), or down(activation(gate(x)) · up(x)) where there is a gate (Shazeer, 2020).</summary>
/// <param name="Gate">Gate projection, or null.</param>
/// <param name="Up">Up projection.</param>
/// <param name="Down">Down projection.</param>
/// <param name="Activation">The activation.</param>
internal sealed record FeedForward(Linear? Gate, Linear Up, Linear Down, Activation Activation) : Module;

/// <summary>A mixture of experts: every token goes through the <paramref name="Chosen"/> experts with the largest router logits (Shazeer et al., 2017).</summary>
/// <param name="Router">One logit for each expert.</param>
/// <param name="Each">The experts.</param>
/// <param name="Chosen">Experts a token goes through.</param>
/// <param name="Renormalize">Whether the weights of the chosen experts are made to sum to one.</param>
internal sealed record Experts(Linear Router, ImmutableArray<FeedForward> Each, int Chosen, bool Renormalize) : Module
{
    /// <summary>An expert that every token goes through, or null.</summary>
    public FeedForward? Shared { get; init; }

    /// <summary>A layer of one output whose sigmoid weighs the shared expert, or null.</summary>
    public Linear? SharedGate { get; init; }
}
