using Gate.Compression.Calibration;
using Gate.Models.Architectures;
using Gate.Numerics.Threading;

namespace Gate.Compression.Planning.Search;

/// <summary>How far a changed layer is from the original one.</summary>
public interface IDamageMeasure
{
    /// <summary>Name for the saved measurement and for people.</summary>
    string Name { get; }

    /// <summary>Relative squared error, 0 for an unchanged layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="before">W, row-major.</param>
    /// <param name="after">Ŵ, row-major.</param>
    double Of(LinearLayer layer, float[] before, float[] after);
}

/// <summary>‖W − Ŵ‖² / ‖W‖²: needs no data.</summary>
public sealed class WeightDamage : IDamageMeasure
{
    /// <inheritdoc/>
    public string Name => "relative squared weight error";

    /// <inheritdoc/>
    public double Of(LinearLayer layer, float[] before, float[] after)
    {
        double error = 0, size = 0;
        for (int i = 0; i < before.Length; i++)
        {
            double difference = (double)before[i] - after[i];
            error += difference * difference;
            size += (double)before[i] * before[i];
        }

        return size == 0 ? 0 : error / size;
    }
}

/// <summary>tr(ΔW H ΔWᵀ) / tr(W H Wᵀ) with H = XᵀX of the calibration inputs: the relative squared error of the layer's output.</summary>
/// <param name="statistics">Statistics of the inputs, by <see cref="LinearLayer.InputGroup"/>.</param>
/// <param name="threads">Threads of the kernels.</param>
public sealed class OutputDamage(IReadOnlyDictionary<string, InputStatistics> statistics, ComputeThreads threads) : IDamageMeasure
{
    /// <inheritdoc/>
    public string Name => "relative squared output error";

    /// <inheritdoc/>
    public double Of(LinearLayer layer, float[] before, float[] after) =>
        statistics[layer.InputGroup].OutputError(before, after, layer.Outputs, threads);
}
