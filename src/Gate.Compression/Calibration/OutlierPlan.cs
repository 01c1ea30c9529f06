using Gate.Compression.Pruning;
using Gate.Compression.Recipes;
using Gate.Compression.Resumption;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;

namespace Gate.Compression.Calibration;

/// <summary>Spreads a plan's sparsity over the blocks by their outliers on the dense model (OWL).</summary>
internal static class OutlierPlan
{
    /// <summary>The plan with a sparsity for each block, or the plan itself when its recipe is uniform.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">The plan; pruning is inside the blocks.</param>
    /// <param name="windows">Calibration windows.</param>
    /// <param name="options">Threads and bounds.</param>
    /// <param name="finished">May hold the sparsities of an interrupted compression; receives them.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public static CompressionPlan Of(
        Model dense, CompressionPlan plan, int[][] windows, ActivationOptions options, FinishedLayers finished, CancellationToken cancellationToken)
    {
        if (plan.Recipe.Prune is not { Layerwise: "owl", Sparsity: { } sparsity } prune)
            return plan;
        IGrouping<int, LinearLayer>[] blocks =
            [.. plan.Layers.Where(planned => planned.Prune is not null).Select(planned => planned.Layer).GroupBy(layer => layer.Block).OrderBy(block => block.Key)];
        if (finished.Sparsities is null)
            finished.Add(Sparsities(dense, blocks, windows, prune, sparsity, options, cancellationToken));
        Dictionary<int, double> byBlock = blocks.Zip(finished.Sparsities!).ToDictionary(block => block.First.Key, block => block.Second);
        return plan with
        {
            Layers =
            [
                .. plan.Layers.Select(planned => planned.Prune is null
                    ? planned
                    : planned with { Prune = planned.Prune with { Sparsity = byBlock[planned.Layer.Block] } }),
            ],
        };
    }

    private static double[] Sparsities(
        Model dense, IGrouping<int, LinearLayer>[] blocks, int[][] windows, PruningRecipe prune, double sparsity, ActivationOptions options,
        CancellationToken cancellationToken)
    {
        double[] percents = new double[blocks.Length];
        using ActivationStream stream = ActivationStream.Open(dense, windows, options, cancellationToken);
        for (int i = 0; i < blocks.Length; i++)
        {
            while (stream.Block < blocks[i].Key)
                stream.Advance(cancellationToken: cancellationToken);
            Dictionary<string, double[]> squares = Squares(stream, blocks[i], cancellationToken);
            percents[i] = OutlierSparsity.OutlierPercent(
                [.. blocks[i].Select(layer => (dense.Checkpoint.ReadSingles(layer.WeightTensor), squares[layer.InputGroup]))], prune.OutlierThreshold);
        }

        return OutlierSparsity.Allocate(percents, [.. blocks.Select(block => block.Sum(layer => layer.WeightCount))], sparsity, prune.Spread);
    }

    private static Dictionary<string, double[]> Squares(ActivationStream stream, IEnumerable<LinearLayer> layers, CancellationToken cancellationToken)
    {
        Dictionary<string, double[]> squares = layers.DistinctBy(layer => layer.InputGroup)
            .ToDictionary(layer => layer.InputGroup, layer => new double[layer.Inputs], StringComparer.Ordinal);
        stream.Observe(
            (group, _, rows) =>
            {
                if (!squares.TryGetValue(group, out double[]? sums))
                    return;
                for (int i = 0; i < rows.Length; i++)
                    sums[i % sums.Length] += (double)rows[i] * rows[i];
            },
            null,
            cancellationToken);
        return squares;
    }
}
