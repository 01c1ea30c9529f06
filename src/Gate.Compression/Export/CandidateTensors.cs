using Gate.Compression.Calibration;
using Gate.Compression.Pruning;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Export;

/// <summary>
/// The tensors of a candidate, each made at the moment it is written: compressed layers one at a time, everything else copied byte for byte.
/// </summary>
internal sealed class CandidateTensors(
    Checkpoint dense, CompressionPlan plan, GlobalMagnitude? global, LayerSpill? calibrated, ComputeThreads threads, IProgress<string>? progress,
    CancellationToken cancellationToken)
{
    private readonly Dictionary<string, PlannedLayer> _planned = plan.Layers.ToDictionary(planned => planned.Layer.WeightTensor, StringComparer.Ordinal);
    private readonly Dictionary<string, CompressedLayer> _compressed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WrittenTensor> _written = new(StringComparer.Ordinal);

    /// <summary>What was written, by tensor name.</summary>
    public IReadOnlyDictionary<string, WrittenTensor> Written => _written;

    /// <summary>The compressed layers in the order of the plan; complete after all tensors were written.</summary>
    public IEnumerable<CompressedLayer> Compressed => plan.Layers.Select(planned => _compressed[planned.Layer.Name]);

    /// <summary>Describes every tensor of the candidate.</summary>
    public IEnumerable<TensorToWrite> Describe()
    {
        foreach (TensorInfo tensor in dense.Tensors)
        {
            if (_planned.TryGetValue(tensor.Name, out PlannedLayer? planned))
            {
                NumberFormat format = CandidateFormat.Of(tensor.Format, dense.Configuration);
                yield return new TensorToWrite(tensor.Name, format, tensor.Shape, stream => WriteCompressed(stream, tensor, format, planned));
            }
            else
            {
                yield return new TensorToWrite(tensor.Name, tensor.Format, tensor.Shape, stream => Copy(stream, tensor));
            }
        }
    }

    private void Copy(Stream stream, TensorInfo tensor)
    {
        using TensorSink sink = new(stream);
        foreach ((long firstRow, long rows) in WrittenTensor.Pieces(tensor))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sink.Write(dense.ReadBytes(tensor, firstRow, rows));
        }

        _written[tensor.Name] = sink.Finish(tensor.Format, tensor.Shape);
    }

    private void WriteCompressed(Stream stream, TensorInfo tensor, NumberFormat format, PlannedLayer planned)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        LayerResult? made = calibrated?.Find(layer);
        LayerResult result = made ?? LayerCompression.Apply(layer, planned, dense.ReadSingles(tensor.Name), global, threads);
        (float[] weights, bool[]? mask) = (result.Weights, result.Mask);

        using TensorSink sink = new(stream);
        float[] original = new float[layer.Inputs];
        byte[] bytes = new byte[layer.Inputs * SixteenBit.Size];
        double error = 0, size = 0;
        long zeros = 0;
        for (int row = 0; row < layer.Outputs; row++)
        {
            Span<float> values = weights.AsSpan(row * layer.Inputs, layer.Inputs);
            SixteenBit.Write(values, format, bytes);
            sink.Write(bytes);
            dense.ReadSingles(tensor, row, 1, original);
            for (int column = 0; column < values.Length; column++)
            {
                float written = SixteenBit.Round(values[column], format);
                if (!float.IsFinite(written))
                    throw CandidateFormat.Overflow(dense, layer, format, row, column, values[column]);
                double difference = (double)written - original[column];
                error += difference * difference;
                size += (double)original[column] * original[column];
                if (mask is not null && mask[row * layer.Inputs + column] && written == 0)
                    zeros++;
            }
        }

        _written[tensor.Name] = sink.Finish(format, tensor.Shape);
        _compressed[layer.Name] = new CompressedLayer(
            layer, planned.Quantize?.Bits ?? 16, planned.Quantize?.GroupSize ?? 0, (double)zeros / layer.WeightCount,
            size == 0 ? 0 : error / size, result.OutputError, result.Fallback);
        if (made is null)
            progress?.Report(layer.Name);
    }
}
