using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>The inputs of the layers of one group, with one <see cref="SharedInput"/> for each damping the steps of a recipe ask for.</summary>
/// <param name="statistics">Statistics, complete.</param>
/// <param name="threads">Threads that may be used.</param>
internal sealed class GroupInputs(InputStatistics statistics, ComputeThreads threads)
{
    private readonly Dictionary<double, SharedInput> _byDamping = [];

    /// <summary>The statistics.</summary>
    public InputStatistics Statistics => statistics;

    /// <summary>The inputs with a damping, made once.</summary>
    public SharedInput With(double damping)
    {
        if (!_byDamping.TryGetValue(damping, out SharedInput? input))
            _byDamping.Add(damping, input = new SharedInput(statistics, damping, threads));
        return input;
    }
}
