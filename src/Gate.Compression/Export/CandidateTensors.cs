using System.Runtime.InteropServices;
using Gate.Compression.Export.Formats;
using Gate.Compression.Pruning;
using Gate.Compression.Resumption;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Export;

/// <summary>
/// The tensors of a candidate, each made at the moment it is written: compressed layers one at a time, everything else copied byte for byte.
/// </summary>
internal sealed class CandidateTensors(
    Checkpoint dense, CompressionPlan plan, GlobalMagnitude? global, FinishedLayers? finished, PartSpill spill, ComputeThreads threads,
    IProgress<string>? progress, CancellationToken cancellationToken)
{
    private readonly LayerFormat? _format = LayerFormat.Of(plan.Layout);
    private readonly Dictionary<string, WrittenTensor> _presented = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedLayer> _planned = plan.Layers.ToDictionary(planned => planned.Layer.WeightTensor, StringComparer.Ordinal);
    private readonly Dictionary<string, CompressedLayer> _compressed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WrittenTensor> _written = new(StringComparer.Ordinal);

    /// <summary>What was written, by tensor name.</summary>
    public IReadOnlyDictionary<string, WrittenTensor> Written => _written;

    /// <summary>The values of packed layers, by the name under which a reader presents them.</summary>
    public IReadOnlyDictionary<string, WrittenTensor> Presented => _presented;

    /// <summary>The compressed layers in the order of the plan; complete after all tensors were written.</summary>
    public IEnumerable<CompressedLayer> Compressed => plan.Layers.Select(planned => _compressed[planned.Layer.Name]);

    /// <summary>Describes every tensor of the candidate.</summary>
    public IEnumerable<TensorToWrite> Describe()
    {
        foreach (TensorInfo tensor in dense.Tensors)
        {
            if (_planned.TryGetValue(tensor.Name, out PlannedLayer? planned) && planned.Quantize is not null && _format is not null)
            {
                foreach (LayerPart part in Pack(tensor, planned, _format))
                    yield return spill.Add(part, written => _written[part.Name] = written);
            }
            else if (planned is not null)
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

        dense.Release(tensor);
        _written[tensor.Name] = sink.Finish(tensor.Format, tensor.Shape);
    }

    private void WriteCompressed(Stream stream, TensorInfo tensor, NumberFormat format, PlannedLayer planned)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        LayerResult result = Make(tensor, planned, NumberFormat.Float16);
        float[] weights = result.Weights;

        using TensorSink sink = new(stream);
        byte[] bytes = new byte[layer.Inputs * SixteenBit.Size];
        for (int row = 0; row < layer.Outputs; row++)
        {
            Span<float> values = weights.AsSpan(row * layer.Inputs, layer.Inputs);
            SixteenBit.Write(values, format, bytes);
            sink.Write(bytes);
            for (int column = 0; column < values.Length; column++)
            {
                float written = SixteenBit.Round(values[column], format);
                if (!float.IsFinite(written))
                    throw CandidateFormat.Overflow(dense, layer, format, row, column, values[column]);
                values[column] = written;
            }
        }

        _written[tensor.Name] = sink.Finish(format, tensor.Shape);
        Record(tensor, planned, result);
    }

    private IReadOnlyList<LayerPart> Pack(TensorInfo tensor, PlannedLayer planned, LayerFormat format)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        NumberFormat scales = format.ScaleFormat(CandidateFormat.Of(tensor.Format, dense.Configuration));
        LayerResult result = Make(tensor, planned, scales);
        float[] weights = result.Weights;
        int overflow = Array.FindIndex(weights, weight => !float.IsFinite(weight));
        if (overflow >= 0)
            throw CandidateFormat.Overflow(dense, layer, NumberFormat.Float32, overflow / layer.Inputs, overflow % layer.Inputs, weights[overflow]);
        IReadOnlyList<LayerPart> parts = format.Parts(layer, result.Quantized!, scales, planned.Quantize!.Symmetric);
        using TensorSink sink = new(Stream.Null);
        sink.Write(MemoryMarshal.AsBytes<float>(weights));
        _presented[tensor.Name] = sink.Finish(NumberFormat.Float32, tensor.Shape);
        Record(tensor, planned, result);
        return parts;
    }

    private LayerResult Make(TensorInfo tensor, PlannedLayer planned, NumberFormat scales) =>
        finished?.Find(planned.Layer) ?? LayerCompression.Apply(planned.Layer, planned, dense.ReadSingles(tensor.Name), global, threads, scales);

    // What became of a layer: the weights as the candidate has them against the dense ones.
    private void Record(TensorInfo tensor, PlannedLayer planned, LayerResult result)
    {
        (float[] weights, bool[]? mask) = (result.Weights, result.Mask);
        LinearLayer layer = planned.Layer;
        float[] original = new float[layer.Inputs];
        double error = 0, size = 0;
        long zeros = 0;
        for (int row = 0; row < layer.Outputs; row++)
        {
            dense.ReadSingles(tensor, row, 1, original);
            for (int column = 0; column < layer.Inputs; column++)
            {
                float written = weights[(row * layer.Inputs) + column];
                double difference = (double)written - original[column];
                error += difference * difference;
                size += (double)original[column] * original[column];
                if (mask is not null && mask[(row * layer.Inputs) + column] && written == 0)
                    zeros++;
            }
        }

        dense.Release(tensor);
        _compressed[layer.Name] = new CompressedLayer(
            layer, planned.Quantize?.Bits ?? 16, planned.Quantize?.GroupSize ?? 0, (double)zeros / layer.WeightCount,
            size == 0 ? 0 : error / size, result.OutputError, result.Fallback);
        if (finished?.Has(planned.Layer) != true)
            progress?.Report(layer.Name);
    }
}
