using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models.Structure;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Planning.Search;

/// <summary>‖W − Ŵ‖² / ‖W‖²: needs no data. Nothing of an option is kept but its error; a layer's weights are pruned once for all options of the same zeros.</summary>
/// <param name="threads">Threads of the kernels.</param>
internal sealed class WeightDamage(ComputeThreads threads) : IUnitDamage
{
    // Rows that one thread takes at a time, with one room for what becomes of a row.
    private const int RowsOfPiece = 16;

    public string Name => "relative squared weight error";

    public void Enter(PlanningUnit unit)
    {
    }

    public IEnumerable<double> Of(LinearLayer layer, float[] weights, IEnumerable<PlannedLayer> options)
    {
        float[] pruned = weights;
        (double? Sparsity, NmPattern? Pattern) held = default;
        foreach (PlannedLayer option in options)
        {
            var zeros = (option.Prune?.Sparsity, option.Prune?.Pattern);
            if (zeros != held)
            {
                held = zeros;
                pruned = weights;
                if (option.Prune is { } prune)
                {
                    pruned = [.. weights];
                    PruningMask.Apply(LayerPruning.Select(layer, weights, prune, shared: null, threads), pruned);
                }
            }

            yield return ErrorOf(layer, weights, pruned, option);
        }
    }

    public float[] After(LinearLayer layer, float[] weights, PlannedLayer option)
    {
        float[] after = [.. weights];
        return LayerCompression.Apply(layer, option, after, shared: null, threads, ScaleStorage.Half).Weights;
    }

    public void Rest()
    {
    }

    public void Dispose()
    {
    }

    private double ErrorOf(LinearLayer layer, float[] before, float[] pruned, PlannedLayer option)
    {
        GridOptions? grid = option.Quantize is { } quantize ? LayerCompression.GridOf(quantize, pruned, ScaleStorage.Half) : null;
        int columns = layer.Inputs, groupSize = option.Quantize?.GroupSize ?? columns;
        (double Error, double Size)[] sums = new (double, double)[layer.Outputs];
        ParallelWork.Run((layer.Outputs + RowsOfPiece - 1) / RowsOfPiece, threads, piece =>
        {
            float[] after = new float[columns];
            for (int row = piece * RowsOfPiece; row < Math.Min(layer.Outputs, (piece + 1) * RowsOfPiece); row++)
            {
                ReadOnlySpan<float> kept = pruned.AsSpan(row * columns, columns);
                if (grid is null)
                    kept.CopyTo(after);
                else
                    RoundToNearest.Round(kept, groupSize, grid, after);
                sums[row] = ErrorSums.Squares(before.AsSpan(row * columns, columns), after);
            }
        });
        double error = sums.Sum(sum => sum.Error), size = sums.Sum(sum => sum.Size);
        return size == 0 ? 0 : error / size;
    }
}
