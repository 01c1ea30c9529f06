using System.Collections.Immutable;

namespace Gate.Compression.Recipes;

/// <summary>What happens to which layers, as configured. Pruning comes before quantisation.</summary>
/// <param name="Prune">Pruning, or null.</param>
/// <param name="Quantize">Quantisation, or null.</param>
/// <param name="Calibration">Calibration data, for methods that need them; null otherwise.</param>
public sealed record Recipe(PruningRecipe? Prune, QuantizationRecipe? Quantize, CalibrationRecipe? Calibration = null)
{
    /// <summary>What is taken out as a whole before all else, or null.</summary>
    public RemovalRecipe? Remove { get; init; }

    /// <summary>SmoothQuant between pruning and quantisation, or null.</summary>
    public SmoothRecipe? Smooth { get; init; }
}

/// <summary>SmoothQuant as configured: range moves from the inputs behind a norm into the weights that read them.</summary>
/// <param name="Alpha">How much of it, 0 to 1; the paper's default is 0.5.</param>
public sealed record SmoothRecipe(double Alpha);

/// <summary>Which layers a step touches.</summary>
/// <param name="Kind">Layers by role.</param>
/// <param name="Include">Glob patterns over module names; empty means every layer of <paramref name="Kind"/>. A pattern that matches nothing is an error.</param>
/// <param name="Exclude">Glob patterns of layers left alone. A pattern that matches nothing is an error.</param>
public sealed record Scope(ScopeKind Kind, ImmutableArray<string> Include, ImmutableArray<string> Exclude)
{
    /// <summary>Every linear layer of the blocks.</summary>
    public static Scope All { get; } = new(ScopeKind.All, [], []);
}

/// <summary>Layers by role. The final dense layer and the embeddings belong to none but <see cref="FinalDense"/>.</summary>
public enum ScopeKind
{
    /// <summary>Every linear layer inside the transformer blocks.</summary>
    All,

    /// <summary>Query, key, value and output projections.</summary>
    Attention,

    /// <summary>Feed-forward projections.</summary>
    FeedForward,

    /// <summary>The projection to the vocabulary, where it is a matrix of its own.</summary>
    FinalDense,

    /// <summary><see cref="Attention"/>, without the output projection of BERT and its kin (Namburi et al., 2023).</summary>
    CostOfCompressionAttention,

    /// <summary><see cref="FeedForward"/>, with the attention's output projection of BERT and its kin (Namburi et al., 2023).</summary>
    CostOfCompressionFeedForward,
}

/// <summary>Pruning as configured.</summary>
public sealed record PruningRecipe
{
    /// <summary>Method name as in the configuration: one of <see cref="MethodNames.Pruning"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Share of weights to zero, 0 ≤ s &lt; 1; null when <see cref="Pattern"/> is given.</summary>
    public double? Sparsity { get; init; }

    /// <summary>N:M pattern, or null for unstructured.</summary>
    public NmPattern? Pattern { get; init; }

    /// <summary>What goes as one: one of <see cref="PruningStructures.All"/>; null for output rows with the structured methods and single weights with every other.</summary>
    public string? Structure { get; init; }

    /// <summary>How the sparsity is shared among blocks: <c>uniform</c> (default), or <c>owl</c>: less where there are more outliers.</summary>
    public string Layerwise { get; init; } = "uniform";

    /// <summary>How many times the mean a weight times its input's norm must be to count as an outlier of <c>owl</c> (M).</summary>
    public double OutlierThreshold { get; init; } = 5;

    /// <summary>How far a block's sparsity may lie from the whole's with <c>owl</c> (λ).</summary>
    public double Spread { get; init; } = 0.08;

    /// <summary>What one threshold spans: <c>layer</c> (default), <c>global</c> or <c>row</c>.</summary>
    public string Granularity { get; init; } = "layer";

    /// <summary>How the sparsity becomes a number of weights: <c>exact</c> (default), or <c>wanda</c> for the count of the reference scripts.</summary>
    public string Count { get; init; } = "exact";

    /// <summary>Seed of method <c>random</c>.</summary>
    public long Seed { get; init; }

    /// <summary>What method <c>sparsegpt</c> adds to the diagonal of the Hessian, as a share of its mean.</summary>
    public double Damping { get; init; } = 0.01;

    /// <summary>Columns of a block of method <c>sparsegpt</c>; the mask is chosen once per block.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>Which layers.</summary>
    public Scope Scope { get; init; } = Scope.All;
}

/// <summary>Of every <paramref name="Group"/> consecutive inputs of a row, <paramref name="Zeros"/> become zero.</summary>
public readonly record struct NmPattern(int Zeros, int Group);

/// <summary>Quantisation as configured.</summary>
public sealed record QuantizationRecipe
{
    /// <summary>Method name as in the configuration: one of <see cref="MethodNames.Quantization"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Bits per weight, 2–8.</summary>
    public required int Bits { get; init; }

    /// <summary>Consecutive inputs that share a scale; null = per output channel.</summary>
    public int? GroupSize { get; init; }

    /// <summary>What becomes of activations while the candidate runs: <c>exact</c> (default), or <c>int8</c>: 8-bit integers with a scale for each token,
    /// multiplied with the integer weights.</summary>
    public string Activations { get; init; } = "exact";

    /// <summary>Symmetric grid (no zero points) or asymmetric.</summary>
    public bool Symmetric { get; init; } = true;

    /// <summary>Which symmetric grid: <c>restricted</c> (default: scale absmax / (2^(b−1) − 1), nothing clips) or <c>full</c> (all 2^b codes, the
    /// positive end clips by half a step).</summary>
    public string SymmetricRange { get; init; } = "restricted";

    /// <summary>What codes stand for: one of <see cref="MethodNames.Grids"/>; everything but <c>integer</c> is symmetric and has its own bits.</summary>
    public string Grid { get; init; } = "integer";

    /// <summary>What one scale spans without groups: an output <c>channel</c> (default), or the whole <c>tensor</c>.</summary>
    public string Granularity { get; init; } = "channel";

    /// <summary>Search for a better range: <c>none</c> (default), <c>mse</c>, or <c>importance</c> (weighted by the inputs; method <c>rtn</c>).</summary>
    public string Clipping { get; init; } = "none";

    /// <summary>Whether method <c>gptq</c> takes columns by descending activity; groups that are fitted on the way then gather columns from everywhere.</summary>
    public bool ActivationOrder { get; init; }

    /// <summary>Whether method <c>gptq</c> fits all grids before the sweep, to the weights as they were.</summary>
    public bool StaticGroups { get; init; }

    /// <summary>What method <c>gptq</c> adds to the diagonal of the Hessian, as a share of its mean.</summary>
    public double Damping { get; init; } = 0.01;

    /// <summary>Columns of a block of lazy updates of method <c>gptq</c>.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>Whether the columns of a group lie apart, so that a file must say which group each column belongs to.</summary>
    public bool HasScatteredGroups => ActivationOrder && GroupSize is not null && !StaticGroups;

    /// <summary>
    /// What method <c>gptq</c> does with pruned weights: <c>keep</c> them at 0 (default; SrCr's case B), <c>quantize</c> them like the others, so that
    /// error feedback may revive some (case A), or <c>joint</c>: prune and quantise in the same sweep (with method <c>sparsegpt</c> only).
    /// </summary>
    public string MaskedPositions { get; init; } = "keep";

    /// <summary>Which layers.</summary>
    public Scope Scope { get; init; } = Scope.All;
}

/// <summary>Calibration as configured.</summary>
/// <param name="Data">Path of a text or JSON Lines file.</param>
/// <param name="Samples">Number of token windows.</param>
/// <param name="SequenceLength">Tokens per window.</param>
/// <param name="Seed">Seed of the draw.</param>
public sealed record CalibrationRecipe(string Data, int Samples = 128, int SequenceLength = 512, long Seed = 0)
{
    /// <summary>How windows are cut: <c>packed</c> (default) or <c>cropped</c>; see <see cref="Compression.Calibration.WindowProtocol"/>.</summary>
    public string Windows { get; init; } = "packed";

    /// <summary>
    /// Whether the layers of a block see inputs from the layers before them as already compressed (query, key and value; output; gate and up; down).
    /// Otherwise all layers of a block see inputs from the uncompressed block, as in the reference scripts.
    /// </summary>
    public bool TrueSequential { get; init; }
}
