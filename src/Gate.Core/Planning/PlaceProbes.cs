using Gate.Compression;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Engines;

namespace Gate.Core.Planning;

/// <summary>
/// Measures what the dense model suffers from changes in one place. No candidate is written; what comes before the changed block is computed once for all places, what comes
/// after it runs for the places of a block together, so that every block's weights are uploaded once for them. One block is in memory at a time.
/// </summary>
/// <param name="trials">Knows the dense model's logits, and keeps what is found.</param>
/// <param name="dense">The dense checkpoint.</param>
/// <param name="text">The text.</param>
/// <param name="options">Threads and bounds.</param>
/// <param name="cancellationToken">Checked between batches.</param>
internal sealed class PlaceProbes(PlanTrials trials, Model dense, HeldOutText text, ActivationOptions options, CancellationToken cancellationToken) : IDisposable
{
    private ActivationStream? _stream;

    /// <summary>Measures changes in one block; blocks come in the order of the forward pass.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="changes">At least one: the plan of the changed units, and their weights by tensor name.</param>
    public void Measure(int block, IReadOnlyList<(CompressionPlan Plan, IReadOnlyDictionary<string, ReplacedWeights> Weights)> changes)
    {
        DenseLogits logits = trials.Ask();
        _stream ??= ActivationStream.Open(dense, text.Inputs, options, cancellationToken);
        while (_stream.Block < block)
            _stream.Advance(cancellationToken: cancellationToken);
        List<ActivationStream> changed = [];
        try
        {
            foreach ((_, IReadOnlyDictionary<string, ReplacedWeights> weights) in changes)
            {
                changed.Add(_stream.Fork());
                changed[^1].Advance(weights, cancellationToken);
            }

            while (changed[0].Block < _stream.BlockCount)
                ActivationStream.Advance(changed, cancellationToken);
            for (int i = 0; i < changed.Count; i++)
            {
                DivergenceMeter meter = new(logits, text);
                changed[i].VisitLogits(meter.Add, cancellationToken);
                trials.KeepProbe(changes[i].Plan, meter.Result);
            }
        }
        finally
        {
            changed.ForEach(stream => stream.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();
}
