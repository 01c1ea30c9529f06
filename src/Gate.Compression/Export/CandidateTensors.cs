using System.Runtime.InteropServices;
using Gate.Compression.Export.Formats;
using Gate.Compression.Export.Forms;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Resumption;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Export;

/// <summary>
/// The tensors of a candidate, each made at the moment it is written: compressed layers one at a time, everything else copied byte for byte.
/// </summary>
internal sealed class CandidateTensors(
    Model dense, CompressionPlan plan, CandidateForm form, ISharedMask? shared, FinishedLayers? finished, PartSpill spill, ComputeThreads threads,
    IProgress<string>? progress, CancellationToken cancellationToken)
{
    private readonly LayerFormat? _format = LayerFormat.Of(plan.Layout, dense);
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
        foreach (TensorInfo tensor in dense.Checkpoint.Tensors)
        {
            if (form.NameOf(tensor) is not { } name)
                continue;
            if (_planned.TryGetValue(tensor.Name, out PlannedLayer? planned) && planned.Quantize is not null && _format is not null)
            {
                foreach (LayerPart part in Pack(tensor, planned, _format))
                    yield return spill.Add(part, written => _written[part.Name] = written);
            }
            else if (planned is not null)
            {
                NumberFormat format = form.FormatOf(tensor, CandidateFormat.Of(tensor.Format, dense.Checkpoint.Configuration));
                yield return new TensorToWrite(name, format, form.ShapeOf(tensor), stream => WriteCompressed(stream, tensor, format, planned));
            }
            else if (finished?.Folded.Changed.TryGetValue(tensor.Name, out float[]? values) == true)
            {
                NumberFormat format = form.FormatOf(tensor, compressed: null);
                yield return new TensorToWrite(name, format, form.ShapeOf(tensor), stream => WriteChanged(stream, tensor, format, values));
            }
            else
            {
                NumberFormat format = form.FormatOf(tensor, compressed: null);
                yield return new TensorToWrite(name, format, form.ShapeOf(tensor), stream => Copy(stream, tensor, format));
            }
        }
    }

    /// <summary>Notes what the form wrote besides the model's tensors.</summary>
    /// <param name="name">Name of a tensor in the file.</param>
    /// <param name="tensor">What it is.</param>
    /// <param name="parts">Tensors that went into it and are none of their own.</param>
    public void AddWritten(string name, WrittenTensor tensor, IReadOnlyList<string> parts)
    {
        foreach (string part in parts)
            _written.Remove(part);
        _written[name] = tensor;
    }

    private void Copy(Stream stream, TensorInfo tensor, NumberFormat format)
    {
        if (format != tensor.Format || form.PresentedFormat(tensor, format) != format || form.IsTransposed(tensor) || form.IsReordered(tensor) || form.OffsetOf(tensor) != 0)
        {
            Convert(stream, tensor, format);
            return;
        }

        using TensorSink sink = new(stream);
        foreach ((long firstRow, long rows) in WrittenTensor.Pieces(tensor))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sink.Write(dense.Checkpoint.ReadBytes(tensor, firstRow, rows));
        }

        dense.Checkpoint.Release(tensor);
        _written[form.NameOf(tensor)!] = sink.Finish(tensor.Format, tensor.Shape);
    }

    // A tensor in another precision or order of rows.
    private void Convert(Stream stream, TensorInfo tensor, NumberFormat format)
    {
        using PlainTensorSink sink = new(form, tensor, format, stream);
        float[] row = new float[tensor.RowLength];
        sink.Write(modelRow =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            dense.Checkpoint.ReadSingles(tensor, modelRow, 1, row);
            return row;
        });
        Finish(sink, tensor, (row, column, value) => CandidateFormat.Overflow(dense, tensor.Name, format, row, column, value));
    }

    private void Finish(PlainTensorSink sink, TensorInfo tensor, Func<int, int, float, Exception> overflow)
    {
        if (sink.Overflow is { } found)
            throw overflow(found.Row, found.Column, found.Value);
        _written[form.NameOf(tensor)!] = sink.Stored;
        _presented[form.PresentedName(tensor)] = sink.Presented;
    }

    private void WriteChanged(Stream stream, TensorInfo tensor, NumberFormat format, float[] values)
    {
        using PlainTensorSink sink = new(form, tensor, format, stream);
        sink.Write(row => values.AsSpan((int)(row * tensor.RowLength), (int)tensor.RowLength));
        Finish(sink, tensor, (row, column, value) => CandidateFormat.Overflow(dense, tensor.Name, format, row, column, value));
    }

    private void WriteCompressed(Stream stream, TensorInfo tensor, NumberFormat format, PlannedLayer planned)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        LayerResult result = Make(tensor, planned, ScaleStorage.Half);
        using PlainTensorSink sink = new(form, tensor, format, stream);
        sink.Write(row => result.Weights.AsSpan((int)row * layer.Inputs, layer.Inputs));
        Finish(sink, tensor, (row, column, value) => CandidateFormat.Overflow(dense, layer.Name, format, row, column, value));
        Record(tensor, planned, result);
    }

    private IReadOnlyList<LayerPart> Pack(TensorInfo tensor, PlannedLayer planned, LayerFormat format)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinearLayer layer = planned.Layer;
        ScaleStorage scales = format.Scales(CandidateFormat.Of(tensor.Format, dense.Checkpoint.Configuration));
        LayerResult result = Make(tensor, planned, scales);
        float[] weights = result.Weights;
        int overflow = Array.FindIndex(weights, weight => !float.IsFinite(weight));
        if (overflow >= 0)
            throw CandidateFormat.Overflow(dense, layer.Name, NumberFormat.Float32, overflow / layer.Inputs, overflow % layer.Inputs, weights[overflow]);
        IReadOnlyList<LayerPart> parts = result.Blocks is { } blocks
            ? [format.BlockPart(layer, blocks)]
            : format.Parts(layer, result.Quantized!, scales.Format, planned.Quantize!);
        using TensorSink sink = new(Stream.Null);
        sink.Write(MemoryMarshal.AsBytes<float>(weights));
        _presented[form.PresentedName(tensor)] = sink.Finish(NumberFormat.Float32, tensor.Shape);
        Record(tensor, planned, result);
        return parts;
    }

    private LayerResult Make(TensorInfo tensor, PlannedLayer planned, ScaleStorage scales)
    {
        if (finished?.Find(planned.Layer) is { } kept)
            return kept;
        LayerResult made = LayerCompression.Apply(planned.Layer, planned, dense.Checkpoint.ReadSingles(tensor.Name), shared, threads, scales);
        if (LayerCompression.IsSearched(planned))
            finished?.Add(planned.Layer, made);
        progress?.Report(planned.Layer.Name);
        return made;
    }

    // What became of a layer: the weights as the candidate has them against the dense ones.
    private void Record(TensorInfo tensor, PlannedLayer planned, LayerResult result)
    {
        (float[] weights, bool[]? mask) = (result.Weights, result.Mask);
        LinearLayer layer = planned.Layer;
        float[] original = new float[layer.Inputs], changed = new float[layer.Inputs];
        double error = 0, size = 0;
        long zeros = 0;
        for (int row = 0; row < layer.Outputs; row++)
        {
            dense.Checkpoint.ReadSingles(tensor, row, 1, original);
            weights.AsSpan(row * layer.Inputs, layer.Inputs).CopyTo(changed);
            result.Scaling?.Undo(row, changed);
            (double rowError, double rowSize) = ErrorSums.Squares(original, changed);
            error += rowError;
            size += rowSize;
            if (mask is not null)
                zeros += PruningMask.CountZeros(mask.AsSpan(row * layer.Inputs, layer.Inputs), changed);
        }

        dense.Checkpoint.Release(tensor);
        _compressed[layer.Name] = new CompressedLayer(
            layer, planned.Quantize?.Bits ?? 16, planned.Quantize?.GroupSize ?? 0, (double)zeros / layer.WeightCount,
            size == 0 ? 0 : error / size, result.OutputError, result.Fallback);
        LargeGarbage.Collect();
    }
}
