namespace Gate.Models.Inference.Engine;

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
}
