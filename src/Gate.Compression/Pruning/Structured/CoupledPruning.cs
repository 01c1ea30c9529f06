using Gate.Compression.Recipes;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
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
    public CoupledPruning(Checkpoint dense, IEnumerable<PlannedLayer> layers, ComputeThreads threads, CancellationToken cancellationToken)
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
            foreach (UnitSlices slices in units.Slices)
                _layers.Add(slices.Layer, (SlicesOf(gone, slices), slices.Dimension));
        }
    }

    /// <inheritdoc/>
    public bool[] Select(LinearLayer layer, ReadOnlySpan<float> weights)
    {
        (bool[] slices, SliceDimension dimension) = _layers[layer.Name];
        return SliceMask.Of(slices, layer.Inputs, weights.Length, dimension);
    }

    private static double[] Norms(
        Checkpoint dense, CoupledUnits units, Func<string, LinearLayer> find, double order, ComputeThreads threads, CancellationToken cancellationToken)
    {
        double[] norms = new double[units.Count];
        foreach (UnitSlices slices in units.Slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LinearLayer layer = find(slices.Layer);
            double[] sums = SliceNorms.Sums(dense.ReadSingles(layer.WeightTensor), layer.Inputs, order, slices.Dimension, threads);
            dense.Release(dense.Require(layer.WeightTensor));
            for (int unit = 0; unit < norms.Length; unit++)
            {
                double power = 0;
                foreach (double sum in sums.AsSpan(unit / slices.Sharing * slices.Width, slices.Width))
                    power += sum;
                norms[unit] += power / slices.Sharing;
            }
        }

        LargeGarbage.Collect();
        return norms;
    }

    private static bool[] SlicesOf(bool[] gone, UnitSlices slices)
    {
        bool[] marks = new bool[gone.Length / slices.Sharing * slices.Width];
        for (int set = 0; set < gone.Length / slices.Sharing; set++)
            marks.AsSpan(set * slices.Width, slices.Width).Fill(!gone.AsSpan(set * slices.Sharing, slices.Sharing).Contains(false));
        return marks;
    }
}
