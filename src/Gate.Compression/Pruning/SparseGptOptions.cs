using Gate.Compression.Quantization;
using Gate.Compression.Recipes;

namespace Gate.Compression.Pruning;

/// <summary>Settings of SparseGPT.</summary>
public sealed record SparseGptOptions
{
    /// <summary>Share to prune, or null when <see cref="Pattern"/> is given.</summary>
    public double? Sparsity { get; init; }

    /// <summary>N:M pattern, or null for unstructured pruning.</summary>
    public NmPattern? Pattern { get; init; }

    /// <summary>How a share becomes a number in every block of columns.</summary>
    public PruneCount Count { get; init; } = PruneCount.Exact;

    /// <summary>Columns of a block; the unstructured mask is chosen once per block.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>Grid to which kept weights are rounded in the same sweep, or null to prune only.</summary>
    public GridOptions? Grid { get; init; }

    /// <summary>Consecutive columns that share a grid, or null for one per row, fitted to the dense weights.</summary>
    public int? GroupSize { get; init; }
}
