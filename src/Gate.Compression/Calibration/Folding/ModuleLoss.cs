using System.Runtime.InteropServices;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Models.Structure;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration.Folding;

/// <summary>
/// The squared error of a module's output (attention, feed-forward) when some of its layers are replaced: the module runs on the calibration windows, and the
/// change of what its last layer reads goes through that layer's dense weights.
/// </summary>
internal sealed class ModuleLoss : IDisposable
{
    private readonly ActivationStream _stream;
    private readonly ActivationStream? _fork;
    private readonly RecordedInputs _reference;
    private readonly string _group;
    private readonly PackedMatrix _closing;
    private readonly ComputeThreads _threads;

    /// <summary>Runs the module as it is and remembers what the last layer reads.</summary>
    /// <param name="stream">Before the block.</param>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="closing">The last layer of the module.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public ModuleLoss(ActivationStream stream, Model dense, LinearLayer closing, ComputeThreads threads, CancellationToken cancellationToken)
    {
        (_group, _threads) = (closing.InputGroup, threads);
        _fork = stream.IsAt(_group) ? null : stream.ForkAt(_group, cancellationToken);
        _stream = _fork ?? stream;
        using PackedMatrixBuilder builder = new(NumberFormat.Float32, closing.Outputs, closing.Inputs);
        builder.Append(dense.Checkpoint.ReadSingles(closing.WeightTensor));
        _closing = builder.Build();
        _reference = _stream.Record(_group, cancellationToken);
    }

    /// <summary>Σ over all tokens of the squared change of the module's output.</summary>
    /// <param name="replaced">Weights that stand in for those of the block, by tensor name.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public double Of(IReadOnlyDictionary<string, float[]> replaced, CancellationToken cancellationToken)
    {
        Dictionary<string, ReplacedWeights> weights = replaced.ToDictionary(
            pair => pair.Key, pair => new ReplacedWeights(NumberFormat.Float32, MemoryMarshal.AsBytes(pair.Value.AsSpan()).ToArray()), StringComparer.Ordinal);
        double loss = 0;
        _stream.ObserveStep(
            (group, window, rows) =>
            {
                if (group == _group)
                    loss += Change(window, rows);
            },
            weights,
            cancellationToken);
        return loss;
    }

    public void Dispose()
    {
        _reference.Dispose();
        _fork?.Dispose();
        ((IDisposable)_closing).Dispose();
    }

    private double Change(int window, ReadOnlySpan<float> rows)
    {
        float[] difference = new float[rows.Length];
        _reference.Read(window, difference);
        for (int i = 0; i < difference.Length; i++)
            difference[i] = rows[i] - difference[i];
        int tokens = rows.Length / _closing.Columns;
        float[] outputs = new float[tokens * _closing.Rows];
        MatrixProduct.Multiply(difference, tokens, _closing, [], outputs, _threads);
        double sum = 0;
        foreach (float output in outputs)
            sum += (double)output * output;
        return sum;
    }
}
