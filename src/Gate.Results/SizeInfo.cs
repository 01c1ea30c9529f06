namespace Gate.Results;

/// <summary>Sizes. Theory and bytes stand side by side.</summary>
public sealed record SizeInfo
{
    /// <summary>Whether the sizes are what a served model's description states; then TCr, zeros and bits are not measured.</summary>
    public bool Stated { get; init; }

    /// <summary>TCr, theoretical compression rate over the compressed layers, held against the candidate's tensors; null for a served model.</summary>
    public double? TheoreticalCompressionRate { get; init; }

    /// <summary>Realised share of zeros over the compressed layers; null when unknown.</summary>
    public double? Sparsity { get; init; }

    /// <summary>Mean bits per kept weight over the compressed layers; null when unknown.</summary>
    public double? Bits { get; init; }

    /// <summary>Bytes of all dense tensors at 16 bit.</summary>
    public required long DenseBytes16 { get; init; }

    /// <summary>Bytes of the candidate's weight files on disk.</summary>
    public required long CandidateFileBytes { get; init; }

    /// <summary>Bytes the candidate's weights need in its recipe's packed form (codes, scales, zeros, untouched tensors at 16 bit).</summary>
    public required long CandidatePackedBytes { get; init; }

    /// <summary>Bytes that one-bit masks of the pruned layers would add to the packed form; null when nothing is pruned or the recipe is unknown.</summary>
    public long? BitmaskBytes { get; init; }

    /// <summary>Bytes of the zeros' codes that those masks would make unnecessary; null where <see cref="BitmaskBytes"/> is.</summary>
    public long? BitmaskSavedBytes { get; init; }

    /// <summary>Bits per weight of the compressed layers in packed form, scales and zeros included.</summary>
    public required double BitsPerWeight { get; init; }
}
