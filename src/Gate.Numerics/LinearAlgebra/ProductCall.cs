namespace Gate.Numerics.LinearAlgebra;

/// <summary>The operands of one product, pinned while it runs.</summary>
internal sealed unsafe class ProductCall(float* packed, TokenGroups groups, PackedMatrix weights, float* bias, float* outputs)
{
    /// <summary>Token groups, packed.</summary>
    public float* Packed { get; } = packed;

    /// <summary>How the tokens are grouped.</summary>
    public TokenGroups Groups { get; } = groups;

    /// <summary>Panels.</summary>
    public byte* Panels { get; } = weights.Data.Pointer;

    /// <summary>How the outputs are cut.</summary>
    public PanelLayout Layout { get; } = weights.Layout;

    /// <summary>[rows] or null.</summary>
    public float* Bias { get; } = bias;

    /// <summary>[tokens, rows].</summary>
    public float* Outputs { get; } = outputs;
}
