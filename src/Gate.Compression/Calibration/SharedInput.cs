using Gate.Compression.ErrorFeedback;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>The calibration of layers that read the same input: its statistics, and the factors made of them, each made once.</summary>
/// <param name="statistics">Statistics, complete.</param>
/// <param name="damping">Damping as a share of the mean diagonal.</param>
/// <param name="threads">Threads that may be used.</param>
public sealed class SharedInput(InputStatistics statistics, double damping, ComputeThreads threads)
{
    private readonly Dictionary<bool, HessianFactor?> _factors = [];

    /// <summary>The statistics.</summary>
    public InputStatistics Statistics { get; } = statistics;

    /// <summary>The factor of the Hessian, or null when it stays indefinite.</summary>
    /// <param name="activationOrder">Whether columns are taken by descending activity.</param>
    public HessianFactor? Factor(bool activationOrder)
    {
        if (!_factors.TryGetValue(activationOrder, out HessianFactor? factor))
        {
            factor = HessianFactor.TryCreate(Statistics.Hessian, Statistics.Columns, damping, activationOrder, threads);
            _factors.Add(activationOrder, factor);
        }

        return factor;
    }
}
