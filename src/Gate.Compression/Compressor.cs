using Gate.Compression.Recipes;
using Gate.Models.Checkpoints;
using Gate.Numerics.Threading;

namespace Gate.Compression;

/// <summary>Compresses a checkpoint by a recipe.</summary>
public static class Compressor
{
    /// <summary>
    /// What the recipe would give, from shapes alone: checks method names, patterns against the checkpoint's layers, N:M and group divisibility, and
    /// the budget. Does no work on weights.
    /// </summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: a pattern matches nothing, a shape does not divide, or the budget is missed.</exception>
    public static CompressionPlan Plan(Checkpoint dense, Recipe recipe, Budget? budget) => throw new NotImplementedException();

    /// <summary>Compresses layer by layer and writes the candidate to <paramref name="outputFolder"/> as a Hugging Face folder (linear weights
    /// dequantised to 16 bit, everything else carried over byte for byte) with its sidecar <c>gate-compression.json</c>; reopens and verifies it.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">A plan for this checkpoint.</param>
    /// <param name="outputFolder">Made if missing; a candidate of an earlier run in it is replaced, anything else is refused.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="progress">Told the name of each finished layer.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    public static CompressionOutcome Compress(
        Checkpoint dense, CompressionPlan plan, string outputFolder, ComputeThreads threads,
        IProgress<string>? progress = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The sidecar of a candidate Gate wrote, or null when the folder has none (made elsewhere).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: the sidecar is malformed or its hash does not match the weights.</exception>
    public static CompressionOutcome? ReadSidecar(Checkpoint candidate) => throw new NotImplementedException();
}
