using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning.Structured;

/// <summary>
/// Prunes whole attention heads and neurons: in every block the units of smallest Lₙ norm over all of their weights, or a seeded choice of them. Slices that
/// several units share (keys and values of grouped-query attention) count for each with its share of the power sum and go with the last of them.
/// </summary>
internal sealed class CoupledPruning : ISharedMask
{
    private readonly Dictionary<string, (bool[] Slices, SliceDimension Dimension)> _layers = new(StringComparer.Ordinal);

    /// <summary>Chooses the units; reads each layer once for the norms, one at a time.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="layers">The planned layers that lose units; all layers of a unit are among them.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    public CoupledPruning(Model dense, IEnumerable<PlannedLayer> layers, ComputeThreads threads, CancellationToken cancellationToken)
    {
        foreach (IGrouping<CoupledUnits, PlannedLayer> unit in layers.GroupBy(planned => planned.Units!))
        {
            CoupledUnits units = unit.Key;
            var byName = unit.ToDictionary(planned => planned.Layer.Name, StringComparer.Ordinal);
            PruningRecipe prune = unit.First().Prune!;
            double sparsity = prune.Sparsity!.Value;
            bool[] gone = prune.Method == "random"
                ? RandomPruning.Select(units.Count, sparsity, PruningSeed.Of($"{units.Kind} {units.Block}", prune.Seed))
                : SliceNorms.Smallest(Norms(dense, units, name => byName[name].Layer, prune.Method == "l1-structured" ? 1 : 2, threads, cancellationToken), sparsity);
            foreach (IGrouping<string, UnitSlices> layer in units.Slices.GroupBy(slices => slices.Layer))
                _layers.Add(layer.Key, (SlicesOf(gone, layer, byName[layer.Key].Layer), layer.First().Dimension));
        }
    }

    /// <inheritdoc/>
    public bool[] Select(LinearLayer layer, ReadOnlySpan<float> weights)
    {
        (bool[] slices, SliceDimension dimension) = _layers[layer.Name];
        return SliceMask.Of(slices, layer.Inputs, weights.Length, dimension);
    }

    private static double[] Norms(
        Model dense, CoupledUnits units, Func<string, LinearLayer> find, double order, ComputeThreads threads, CancellationToken cancellationToken)
    {
        double[] norms = new double[units.Count];
        foreach (IGrouping<string, UnitSlices> fused in units.Slices.GroupBy(slices => slices.Layer))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LinearLayer layer = find(fused.Key);
            double[] sums = SliceNorms.Sums(dense.Checkpoint.ReadSingles(layer.WeightTensor), layer.Inputs, order, fused.First().Dimension, threads);
            dense.Checkpoint.Release(dense.Checkpoint.Require(layer.WeightTensor));
            foreach (UnitSlices slices in fused)
            {
                for (int unit = 0; unit < norms.Length; unit++)
                {
                    double power = 0;
                    foreach (double sum in sums.AsSpan(slices.StartOf(unit), slices.Width))
                        power += sum;
                    norms[unit] += power / slices.Sharing;
                }
            }
        }

        LargeGarbage.Collect();
        return norms;
    }

    // Slices that several units share go with the last of them.
    private static bool[] SlicesOf(bool[] gone, IEnumerable<UnitSlices> fused, LinearLayer layer)
    {
        bool[] marks = new bool[fused.First().Dimension == SliceDimension.Rows ? layer.Outputs : layer.Inputs];
        foreach (UnitSlices slices in fused)
        {
            for (int unit = 0; unit < gone.Length; unit += slices.Sharing)
                marks.AsSpan(slices.StartOf(unit), slices.Width).Fill(!gone.AsSpan(unit, slices.Sharing).Contains(false));
        }

        return marks;
    }
}
