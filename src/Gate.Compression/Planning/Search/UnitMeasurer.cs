using System.Collections.Immutable;
using Gate.Compression.Quantization;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Numerics.Threading;

namespace Gate.Compression.Planning.Search;

/// <summary>Measures the error of every option of every unit; no forward pass per option.</summary>
public static class UnitMeasurer
{
    /// <summary>Measures a model; each unit's scale is its share of the weights until a sensitivity is measured.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="methods">How weights are removed and rounded.</param>
    /// <param name="measure">The error.</param>
    /// <param name="key">Key of the measurement.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="progress">Told the number of finished units.</param>
    /// <param name="cancellationToken">Checked between options.</param>
    public static DamageMeasurement Measure(
        Checkpoint dense, PlanningMethods methods, IDamageMeasure measure, string key, ComputeThreads threads,
        Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ImmutableArray<PlanningUnit> units = PlanningUnit.Of(LinearLayers.Of(dense));
        long total = units.Sum(unit => unit.WeightCount);
        var measured = ImmutableArray.CreateBuilder<UnitMeasurement>();
        foreach (PlanningUnit unit in units)
        {
            ImmutableArray<StorageOption> options = OptionMenu.For(unit, withSparsity: true);
            double[] errors = new double[options.Length];
            foreach (LinearLayer layer in unit.Layers)
            {
                float[] before = new float[checked(layer.Outputs * layer.Inputs)];
                dense.ReadSingles(dense.Require(layer.WeightTensor), 0, layer.Outputs, before);
                for (int i = 0; i < options.Length; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    float[] after = [.. before];
                    LayerCompression.Apply(layer, options[i].For(layer, methods), after, global: null, threads, ScaleStorage.Half);
                    errors[i] += measure.Of(layer, before, after);
                }
            }

            measured.Add(new UnitMeasurement(
                unit.Name, (double)unit.WeightCount / total, [.. options.Select((option, i) => new OptionMeasurement(option, errors[i]))]));
            progress?.Invoke(measured.Count);
        }

        return new DamageMeasurement(key, measure.Name, "share of the weights", measured.ToImmutable());
    }
}
