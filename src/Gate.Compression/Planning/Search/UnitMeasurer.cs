using System.Collections.Immutable;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;

namespace Gate.Compression.Planning.Search;

/// <summary>Measures the error of every option of every unit; no forward pass per option.</summary>
public static class UnitMeasurer
{
    /// <summary>Measures a model; each unit's scale is its share of the weights until a sensitivity is measured.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="methods">How weights are removed and rounded; with calibration data the error is that of the output, else that of the weights.</param>
    /// <param name="withSparsity">Whether options with zeros are measured too.</param>
    /// <param name="key">Key of the measurement.</param>
    /// <param name="activations">Threads of the kernels, and bounds of calibration.</param>
    /// <param name="kept">What an interrupted measurement of the same key found.</param>
    /// <param name="progress">Told the number of finished units.</param>
    /// <param name="cancellationToken">Checked between options.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: calibration data that cannot be used.</exception>
    public static DamageMeasurement Measure(
        Model dense, PlanningMethods methods, bool withSparsity, string key, ActivationOptions activations,
        KeptErrors kept, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<PlanningUnit> units = PlanningUnit.Of(dense.LinearLayers);
        long total = units.Sum(unit => unit.WeightCount);
        using IUnitDamage damage = IUnitDamage.By(methods, dense, units, activations, cancellationToken);
        var measured = ImmutableArray.CreateBuilder<UnitMeasurement>();
        foreach (PlanningUnit unit in units)
        {
            ImmutableArray<StorageOption> options = OptionMenu.For(unit, withSparsity);
            double[] errors = new double[options.Length];
            bool entered = false;
            foreach (LinearLayer layer in unit.Layers)
            {
                Dictionary<StorageOption, double> found = options.Where(option => kept.Known.ContainsKey((layer.Name, option)))
                    .ToDictionary(option => option, option => kept.Known[(layer.Name, option)]);

                // Those of the same zeros one after the other: what they have in common is held once.
                StorageOption[] missing = [.. options.Where(option => !found.ContainsKey(option)).GroupBy(option => (option.Sparsity, option.Pattern)).SelectMany(group => group)];
                if (missing.Length > 0)
                {
                    // Statistics of a unit cost a pass over the calibration data: only where something is left to measure.
                    if (!entered)
                        damage.Enter(unit);
                    entered = true;
                    float[] weights = dense.Checkpoint.ReadSingles(layer.WeightTensor);
                    foreach ((int index, double error) in damage.Of(layer, weights, missing.Select(option => option.For(layer, methods))).Index())
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        found.Add(missing[index], error);
                        kept.Keep(new LayerError(layer.Name, missing[index], error));
                    }

                    // Once for all options of a layer: after each of them it took a quarter of the time.
                    LargeGarbage.Collect();
                }

                for (int i = 0; i < options.Length; i++)
                    errors[i] += found[options[i]];
            }

            measured.Add(new UnitMeasurement(
                unit.Name, (double)unit.WeightCount / total, [.. options.Select((option, i) => new OptionMeasurement(option, errors[i]))]));
            progress?.Invoke(measured.Count);
        }

        return new DamageMeasurement(key, damage.Name, "share of the weights", measured.ToImmutable());
    }
}
