using Gate.Compression.Quantization;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration.Folding;

/// <summary>
/// The scale search of AWQ (Lin et al. 2023) for one input: each of the 20 scales is tried by rounding the scaled weights to nearest, and the first with the
/// strictly smallest squared error of the module's output is kept.
/// </summary>
/// <param name="stream">Before the block.</param>
/// <param name="dense">The dense checkpoint; its outputs are what is to be kept.</param>
/// <param name="scalesOf">In which precision a layer's grids are stored.</param>
/// <param name="threads">Threads of the kernels.</param>
/// <param name="cancellationToken">Checked between batches.</param>
internal sealed class AwqSearch(
    ActivationStream stream, Model dense, Func<PlannedLayer, ScaleStorage> scalesOf, ComputeThreads threads, CancellationToken cancellationToken)
{
    /// <summary>The best scales.</summary>
    /// <param name="input">The input.</param>
    /// <param name="statistics">Its statistics.</param>
    /// <param name="weights">The layers' weights, pruned already, by tensor name.</param>
    public float[] Find(FoldableInput input, InputStatistics statistics, IReadOnlyDictionary<string, float[]> weights)
    {
        double[] magnitudes = statistics.MeanMagnitudes();
        double[] means = AwqScales.WeightMeans(
            [.. input.Layers.Select(planned => weights[planned.Layer.WeightTensor])], statistics.Columns, input.Layers[0].Quantize!.GroupSize);
        using ModuleLoss? module = input.Closing.Count == 0 ? null : new ModuleLoss(stream, dense, input.Closing[0], threads, cancellationToken);
        float[] best = AwqScales.At(0, magnitudes, means);
        double least = double.PositiveInfinity;
        for (int step = 0; step < AwqScales.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] scales = AwqScales.At(AwqScales.Ratio(step), magnitudes, means);
            Dictionary<string, float[]> rounded = input.Layers.ToDictionary(
                planned => planned.Layer.WeightTensor, planned => Round(planned, weights[planned.Layer.WeightTensor], scales), StringComparer.Ordinal);
            double loss = module?.Of(rounded, cancellationToken) ?? input.Layers.Sum(planned => Change(planned.Layer, statistics, rounded));
            if (loss < least)
                (least, best) = (loss, scales);
        }

        return best;
    }

    private float[] Round(PlannedLayer planned, float[] weights, float[] scales)
    {
        LinearLayer layer = planned.Layer;
        LayerScaling scaling = new(scales, Rows: null);
        float[] scaled = scaling.Apply(weights, layer.Inputs);
        GridOptions grid = LayerCompression.GridOf(planned.Quantize!, scaled, scalesOf(planned));
        ParallelWork.Run(layer.Outputs, threads, row =>
        {
            Span<float> line = scaled.AsSpan(row * layer.Inputs, layer.Inputs);
            RoundToNearest.Round(line, planned.Quantize!.GroupSize ?? layer.Inputs, grid, line);
            scaling.Undo(row, line);
        });
        return scaled;
    }

    private double Change(LinearLayer layer, InputStatistics statistics, Dictionary<string, float[]> rounded) =>
        statistics.SquaredOutputError(dense.Checkpoint.ReadSingles(layer.WeightTensor), rounded[layer.WeightTensor], layer.Outputs, threads);
}
