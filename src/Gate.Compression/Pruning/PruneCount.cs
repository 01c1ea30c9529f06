namespace Gate.Compression.Pruning;

/// <summary>How many weights a sparsity means.</summary>
public enum PruneCount
{
    /// <summary>Exactly <c>round(s·n)</c>, half to even; equal scores fall in row-major order. Gate's rule, and that of <c>torch.nn.utils.prune</c>.</summary>
    Exact,

    /// <summary>
    /// Everything up to and including the score at index <c>⌊s·n⌋</c> of the sorted scores: at least one more than nominal, ties included. What the
    /// reference scripts of Wanda (for magnitude) and SparseGPT do; <c>--compat wanda</c>.
    /// </summary>
    ReferenceThreshold,
}
