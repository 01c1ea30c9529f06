using Gate.Compression.Export;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>One magnitude threshold over layers on disk, found by streaming; ties fall in model order, row-major within a layer.</summary>
internal sealed class GlobalMagnitude : ISharedMask
{
    private readonly MagnitudeThreshold _threshold;
    private readonly ComputeThreads _threads;
    private readonly Dictionary<string, long> _ties = new(StringComparer.Ordinal);

    /// <summary>Finds the threshold.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layers">The layers it spans, in model order.</param>
    /// <param name="sparsity">Share to prune over all of them.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    public GlobalMagnitude(Model checkpoint, IReadOnlyList<LinearLayer> layers, double sparsity, ComputeThreads threads, CancellationToken cancellationToken)
    {
        _threads = threads;
        long pruned = PruneCounts.Exact(sparsity, layers.Sum(layer => layer.WeightCount));
        _threshold = MagnitudeThreshold.Find(pruned, visitor =>
        {
            foreach (LinearLayer layer in layers)
                Visit(checkpoint, layer, visitor, cancellationToken);
        }, threads);

        // Files are not written in model order, so each layer's share of the ties is settled now.
        long left = _threshold.Ties;
        foreach (LinearLayer layer in layers)
        {
            long ties = 0;
            if (left > 0)
                Visit(checkpoint, layer, weights => ties += _threshold.CountTies(weights), cancellationToken);
            _ties[layer.Name] = Math.Min(ties, left);
            left -= _ties[layer.Name];
        }
    }

    /// <inheritdoc/>
    public bool[] Select(LinearLayer layer, ReadOnlySpan<float> weights)
    {
        bool[] mask = new bool[weights.Length];
        long ties = _ties[layer.Name];
        _threshold.Mark(weights, ref ties, mask, _threads);
        return mask;
    }

    private static void Visit(Model checkpoint, LinearLayer layer, WeightVisitor visitor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TensorInfo tensor = checkpoint.Checkpoint.Require(layer.WeightTensor);
        float[] piece = [];
        foreach ((long firstRow, long rows) in WrittenTensor.Pieces(tensor))
        {
            int count = checked((int)(rows * tensor.RowLength));
            if (piece.Length < count)
                piece = new float[count];
            checkpoint.Checkpoint.ReadSingles(tensor, firstRow, rows, piece);
            visitor(piece.AsSpan(0, count));
        }

        checkpoint.Checkpoint.Release(tensor);
    }
}
