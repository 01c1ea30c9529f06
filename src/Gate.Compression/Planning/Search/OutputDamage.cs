using Gate.Compression.Calibration;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression.Planning.Search;

/// <summary>
/// tr(ΔW H ΔWᵀ) / tr(W H Wᵀ) with H = Σ x xᵀ of the dense model's calibration inputs: the relative squared error of the layer's output. Options are made by the methods
/// that will carry out the plan, on the same statistics. Holds one block's statistics at a time.
/// </summary>
internal sealed class OutputDamage : IUnitDamage
{
    private readonly ILookup<int, LinearLayer> _layersOfBlock;
    private readonly Model _dense;
    private readonly ComputeThreads _threads;
    private readonly CancellationToken _cancellationToken;
    private readonly ActivationStream _stream;
    private Dictionary<string, InputStatistics> _statistics = [];
    private GroupInputs? _inputs;

    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="units">All units.</param>
    /// <param name="calibration">Calibration data.</param>
    /// <param name="activations">Threads and bounds.</param>
    /// <param name="cancellationToken">Checked between batches and blocks of columns.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: calibration data that cannot be used.</exception>
    public OutputDamage(
        Model dense, IEnumerable<PlanningUnit> units, CalibrationRecipe calibration, ActivationOptions activations, CancellationToken cancellationToken)
    {
        (_dense, _threads, _cancellationToken) = (dense, activations.Threads, cancellationToken);
        _layersOfBlock = units.SelectMany(unit => unit.Layers).ToLookup(layer => layer.Block);
        _stream = ActivationStream.Open(dense, CalibrationWindows.Of(dense, calibration), activations, cancellationToken);
    }

    public string Name => "relative squared output error";

    public void Enter(PlanningUnit unit)
    {
        while (_stream.Block < unit.Block)
        {
            _statistics = [];
            _stream.Advance(cancellationToken: _cancellationToken);
        }

        if (_statistics.Count == 0)
            _statistics = BlockStatistics.Of(_stream, _dense, [.. _layersOfBlock[unit.Block]], [], _threads, _cancellationToken);
        _inputs = new GroupInputs(_statistics[unit.Name], _threads);
        LargeGarbage.Collect();
    }

    public IEnumerable<double> Of(LinearLayer layer, float[] weights, IEnumerable<PlannedLayer> options)
    {
        GroupInputs inputs = _inputs!;
        CalibratedLayer methods = new(inputs, shared: null, ScaleStorage.Half, _threads, _cancellationToken);
        double size = inputs.Statistics.SquaredOutput(weights, layer.Outputs, _threads);
        (double? Sparsity, NmPattern? Pattern) held = default;
        LayerResult? before = null;
        foreach (PlannedLayer option in options)
        {
            var zeros = (option.Prune?.Sparsity, option.Prune?.Pattern);
            if (before is null || zeros != held)
                (held, before) = (zeros, methods.Prune(option, weights));
            float[] after = methods.Quantize(option, before).Weights;
            yield return size == 0 ? 0 : inputs.Statistics.SquaredOutputError(weights, after, layer.Outputs, _threads) / size;
        }
    }

    public float[] After(LinearLayer layer, float[] weights, PlannedLayer option)
    {
        CalibratedLayer methods = new(_inputs!, shared: null, ScaleStorage.Half, _threads, _cancellationToken);
        return methods.Quantize(option, methods.Prune(option, weights)).Weights;
    }

    public void Rest()
    {
        (_statistics, _inputs) = ([], null);
        LargeGarbage.Collect();
    }

    public void Dispose() => _stream.Dispose();
}
