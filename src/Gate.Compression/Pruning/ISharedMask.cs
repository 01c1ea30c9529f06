using Gate.Compression.Pruning.Structured;
using Gate.Models;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>Masks that are decided over several layers at once, before any of them is compressed.</summary>
internal interface ISharedMask
{
    /// <summary>The mask of one layer, true = pruned.</summary>
    /// <param name="layer">One of the layers the decision spans.</param>
    /// <param name="weights">Its weights, row-major.</param>
    bool[] Select(LinearLayer layer, ReadOnlySpan<float> weights);

    /// <summary>What a plan asks to decide over several layers, or null when every layer is pruned on its own.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    static ISharedMask? Of(Model dense, CompressionPlan plan, ComputeThreads threads, CancellationToken cancellationToken)
    {
        PlannedLayer[] coupled = [.. plan.Layers.Where(planned => planned.Units is not null)];
        if (coupled.Length > 0)
            return new CoupledPruning(dense, coupled, threads, cancellationToken);
        PlannedLayer[] spanned = [.. plan.Layers.Where(planned => planned.Prune is { Granularity: "global", Pattern: null })];
        return spanned.Length == 0
            ? null
            : new GlobalMagnitude(dense, [.. spanned.Select(planned => planned.Layer)], spanned[0].Prune!.Sparsity!.Value, threads, cancellationToken);
    }
}
