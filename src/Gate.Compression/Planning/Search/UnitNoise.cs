using System.Collections.Immutable;
using Gate.Compression.Export;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Planning.Search;

/// <summary>
/// Makes the weights of single units as an option leaves them, in 16 bit, without a candidate on disk: what a model suffers from them is measured with these in place of its own.
/// </summary>
public sealed class UnitNoise : IDisposable
{
    private readonly Model _dense;
    private readonly PlanningMethods _methods;
    private readonly IUnitDamage _damage;

    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="units">All units of it.</param>
    /// <param name="methods">How weights are removed and rounded.</param>
    /// <param name="activations">Threads of the kernels, and bounds of calibration.</param>
    /// <param name="cancellationToken">Checked between batches and blocks of columns.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: calibration data that cannot be used.</exception>
    public UnitNoise(
        Model dense, ImmutableArray<PlanningUnit> units, PlanningMethods methods, ActivationOptions activations, CancellationToken cancellationToken)
    {
        (_dense, _methods) = (dense, methods);
        _damage = IUnitDamage.By(methods, dense, units, activations, cancellationToken);
    }

    /// <summary>The weights of a unit, by tensor name.</summary>
    /// <param name="unit">Units come in the order of the forward pass.</param>
    /// <param name="option">How it is stored.</param>
    public IEnumerable<KeyValuePair<string, ReplacedWeights>> Of(PlanningUnit unit, StorageOption option)
    {
        _damage.Enter(unit);
        foreach (LinearLayer layer in unit.Layers)
        {
            float[] after = _damage.After(layer, _dense.Checkpoint.ReadSingles(layer.WeightTensor), option.For(layer, _methods));
            NumberFormat format = CandidateFormat.Of(_dense.Checkpoint.Require(layer.WeightTensor).Format, _dense.Checkpoint.Configuration);
            byte[] bytes = new byte[checked(after.Length * SixteenBit.Size)];
            SixteenBit.Write(after, format, bytes);
            LargeGarbage.Collect();
            yield return new(layer.WeightTensor, new ReplacedWeights(format, bytes));
        }
    }

    /// <summary>Gives up what the noise of the current block was made with; the next block's is made as before.</summary>
    public void Rest() => _damage.Rest();

    /// <inheritdoc/>
    public void Dispose() => _damage.Dispose();
}
