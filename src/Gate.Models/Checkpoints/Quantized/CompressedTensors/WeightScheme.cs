namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>How scales are shared.</summary>
internal enum ScaleSharing
{
    /// <summary>One for the matrix.</summary>
    Tensor,

    /// <summary>One for each row.</summary>
    Channel,

    /// <summary>One for each row and run of columns.</summary>
    Group,

    /// <summary>One for each rectangle.</summary>
    Block,
}

/// <summary>How the weights of some modules are stored.</summary>
/// <param name="Format">The layout: <c>pack-quantized</c>, <c>int-quantized</c>, <c>naive-quantized</c> or <c>float-quantized</c>.</param>
/// <param name="IsFloat">float8 codes; otherwise integers.</param>
/// <param name="Bits">Bits of a code.</param>
/// <param name="Symmetric">Without zero points.</param>
/// <param name="Sharing">How scales are shared.</param>
/// <param name="GroupSize">Columns of a group; 0 unless shared by group.</param>
/// <param name="Block">Rows and columns of a block; zero unless shared by block.</param>
/// <param name="QuantizesActivations">Whether the runtime rounds activations as well.</param>
internal sealed record WeightScheme(
    string Format, bool IsFloat, int Bits, bool Symmetric, ScaleSharing Sharing, int GroupSize, (int Rows, int Columns) Block, bool QuantizesActivations)
{
    /// <summary>Whether activations become 8-bit integers with a scale for each token, decided as the model runs.</summary>
    public bool HasIntegerActivations { get; init; }
}
