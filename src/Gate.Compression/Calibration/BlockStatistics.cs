using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>Runs a block over the calibration windows, and with it those that use its layers again, and gathers the statistics of the layers' inputs, once for all
/// layers that share one.</summary>
internal static class BlockStatistics
{
    /// <summary>Statistics by input group.</summary>
    /// <param name="stream">The stream, at the block.</param>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="layers">Layers of the block.</param>
    /// <param name="replaced">Weights of the block that stand in for stored ones.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="GateException">Exit 4 (GATE4056): inputs that are not finite.</exception>
    public static Dictionary<string, InputStatistics> Of(
        ActivationStream stream, Model dense, IReadOnlyList<LinearLayer> layers, Dictionary<string, ReplacedWeights> replaced, ComputeThreads threads,
        CancellationToken cancellationToken)
    {
        Dictionary<string, InputStatistics> statistics = layers.DistinctBy(layer => layer.InputGroup)
            .ToDictionary(layer => layer.InputGroup, layer => new InputStatistics(layer.Inputs), StringComparer.Ordinal);
        void Add(string group, int window, ReadOnlySpan<float> rows)
        {
            if (statistics.TryGetValue(group, out InputStatistics? seen))
                seen.Add(rows, threads);
        }

        stream.Observe(Add, replaced, cancellationToken);

        // Layers that later blocks use again see the inputs of all their uses.
        int last = layers.Max(layer => layer.LastBlock);
        if (last > stream.Block)
        {
            using ActivationStream later = stream.Fork();
            while (later.Block < last)
            {
                later.Advance(replaced, cancellationToken);
                later.Observe(Add, replaced, cancellationToken);
            }
        }

        foreach ((string group, InputStatistics seen) in statistics)
        {
            if (seen.Tokens > 0 && !seen.MeanSquares().All(double.IsFinite))
            {
                throw GateException.Input(
                    "GATE4056", $"{dense.Checkpoint.Folder}: the inputs of {group} are not finite on the calibration data.", new SourceLocation(dense.Checkpoint.Folder),
                    "Check that the dense model answers on these texts (gate score); weights in float16 may overflow where bfloat16 does not.");
            }
        }

        return statistics;
    }
}
