using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Engines;
using Gate.Models.Questions;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>
/// The operations on libtorch. Weights, keys, values and what is multiplied are in the engine's number format; the residual stream, norms, scores of capped
/// attention and logits are binary32.
/// </summary>
internal sealed class TorchEngine : IComputeEngine
{
    // 16 MiB of logits stay in a processor's caches; a GPU wants whole batches.
    private const long LogitsAtOnceOnProcessor = 1 << 22, LogitsAtOnceOnDevice = 1 << 26;

    private static readonly string[] OutOfMemoryWords = ["out of memory", "can't allocate memory", "not enough memory"];

    private readonly Device _device;
    private readonly ScalarType _format;
    private readonly WeightUpload _weights;
    private readonly TorchAttention _attention;
    private readonly TorchProjection _projection;
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, Tensor> _tables = new(StringComparer.Ordinal);
    private DeviceBatch? _batch;
    private Tensor? _read;

    /// <summary>An engine on a device.</summary>
    /// <param name="device">Where.</param>
    /// <param name="format">Number format of weights and activations.</param>
    public TorchEngine(Device device, ScalarType format)
    {
        (_device, _format) = (device, format);
        _weights = new WeightUpload(device, format);
        _attention = new TorchAttention(device);
        _projection = new TorchProjection(Multiply, device, device.type == DeviceType.CPU ? LogitsAtOnceOnProcessor : LogitsAtOnceOnDevice);
    }

    public GateException? OutOfMemory(Exception exception) => OutOfMemory(exception, _device);

    /// <summary>See <see cref="IComputeEngine.OutOfMemory"/>; libtorch says it in words alone.</summary>
    public static GateException? OutOfMemory(Exception exception, Device device)
    {
        if (exception is not ExternalException || !OutOfMemoryWords.Any(words => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase)))
            return null;
        return GateException.Input(
            "GATE3305", $"the memory of the device {device} is full, with one token at a time: {exception.Message.Split('\n')[0]}", null,
            "use bfloat16 or float16 (engine.dtype), a device with more memory, or the processor");
    }

    public DeviceMatrix Upload(int rows, int columns, ReadOnlySpan<float> values)
    {
        TorchMatrix matrix = Own(new TorchMatrix(columns));
        float[] copy = values.ToArray();
        Write(matrix, rows, there => copy.CopyTo(there));
        return matrix;
    }

    public LinearWeights UploadLinear(IReadOnlyList<StoredLinear> layers)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = layers is [{ Rows: null } only] ? Table(only.Weight) : Own(_weights.Stack(layers).DetachFromDisposeScope());
        Tensor? bias = _weights.StackBiases(layers) is { } stacked ? Own(stacked.DetachFromDisposeScope()) : null;
        List<OutputRun> runs = [];
        int first = 0;
        foreach (StoredLinear layer in layers)
        {
            runs.Add(new OutputRun(first, layer.Outputs, layer.Weight.Integers is not null));
            first += layer.Outputs;
        }

        return new TorchLinearWeights(new TorchLinear(weight, bias, runs));
    }

    public EmbeddingTable UploadEmbedding(StoredMatrix table) => new TorchEmbeddingTable(Table(table));

    public DeviceMatrix Allocate(int columns) => Own(new TorchMatrix(columns));

    public KeyValueStore AllocateStore(KeyValueShape shape) => Own(new TorchKeyValueStore(shape, _device, _format));

    public void Embed(EmbeddingTable table, ReadOnlySpan<int> ids, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = DeviceBatch.Indices(ids, _device);
        Set(output, ((TorchEmbeddingTable)table).Values.index_select(0, rows).to(ScalarType.Float32));
    }

    public void Linear(DeviceMatrix input, LinearWeights weights, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        Set(output, Multiply(Values(input), ((TorchLinearWeights)weights).Linear));
    }

    public void Normalize(DeviceMatrix input, NormWeights norm, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = Normalized(Values(input), norm);

        // What is normalised in place is a residual stream, which stays in binary32.
        Set(output, ReferenceEquals(input, output) ? normed : normed.to(_format));
    }

    public void NormalizeHeads(DeviceMatrix matrix, int firstColumn, int heads, NormWeights norm)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor part = Values(matrix).narrow(1, firstColumn, (long)heads * norm.Norm.Width).view(matrix.Rows, heads, norm.Norm.Width);
        part.copy_(Normalized(part, norm));
    }

    public void Rotate(RaggedBatch batch, DeviceMatrix matrix, int heads, int headSize, Rotary rotary, DeviceMatrix table)
    {
        using DisposeScope scope = NewDisposeScope();
        int half = rotary.Size / 2;
        Tensor angles = On(batch).Angles((TorchMatrix)table).unsqueeze(1), cosines = angles.narrow(2, 0, half), sines = angles.narrow(2, half, half);
        Tensor turned = Values(matrix).narrow(1, 0, (long)heads * headSize).view(matrix.Rows, heads, headSize).narrow(2, 0, rotary.Size);
        bool halves = rotary.Pairing == RotaryPairing.Halves;
        Tensor pairs = halves ? turned.view(matrix.Rows, heads, 2, half).transpose(2, 3) : turned.view(matrix.Rows, heads, half, 2);
        Tensor x = pairs.select(3, 0), y = pairs.select(3, 1);
        Tensor first = (x * cosines).sub_(y * sines), second = (y * cosines).add_(x * sines);
        x.copy_(first);
        y.copy_(second);
    }

    public void Store(RaggedBatch batch, DeviceMatrix projected, int firstColumn, KeyValueStore store, int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        TorchKeyValueStore rows = (TorchKeyValueStore)store;
        int width = store.Shape.Width;
        rows.Keys(layer).index_copy_(0, On(batch).StoreRows, Values(projected).narrow(1, firstColumn, width).to(_format));
        rows.Values(layer).index_copy_(0, On(batch).StoreRows, Values(projected).narrow(1, (long)firstColumn + width, width).to(_format));
    }

    public void Attend(RaggedBatch batch, DeviceMatrix queries, AttentionArithmetic arithmetic, KeyValueStore store, int layer, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        TorchKeyValueStore rows = (TorchKeyValueStore)store;
        AttentionGroup[] groups = On(batch).Groups(arithmetic.Attention);
        Tensor? gathered = null;
        foreach (AttentionGroup group in groups)
        {
            using DisposeScope part = NewDisposeScope();
            Tensor attended = _attention.Attend(group, Values(queries), arithmetic, rows.Keys(layer), rows.Values(layer));
            if (group.IsWholeBatch)
            {
                gathered = attended.MoveToOuterDisposeScope();
                break;
            }

            gathered ??= empty(batch.Count, output.Columns, dtype: _format, device: _device).MoveToOuterDisposeScope();
            gathered.index_copy_(0, group.Rows, attended.index_select(0, group.Slots));
        }

        Set(output, gathered!);
    }

    public IReadOnlyList<ExpertRows> Route(DeviceMatrix logits, int chosen, bool renormalize)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Values(logits).to(ScalarType.Float32);
        (Tensor sorted, Tensor order) = values.sort(1, descending: true, stable: true);
        Tensor weights = (renormalize ? sorted.narrow(1, 0, chosen) : sorted).softmax(1).narrow(1, 0, chosen);
        Tensor host = cat([order.narrow(1, 0, chosen).to(ScalarType.Float32), weights], 1).cpu().contiguous();
        ReadOnlySpan<float> found = TorchProjection.Span<float>(host);
        List<int>[] rows = [.. Enumerable.Range(0, logits.Columns).Select(_ => new List<int>())];
        List<float>[] factors = [.. Enumerable.Range(0, logits.Columns).Select(_ => new List<float>())];
        for (int row = 0; row < logits.Rows; row++)
        {
            for (int i = 0; i < chosen; i++)
            {
                int expert = (int)found[(row * 2 * chosen) + i];
                rows[expert].Add(row);
                factors[expert].Add(found[(row * 2 * chosen) + chosen + i]);
            }
        }

        return [.. Enumerable.Range(0, rows.Length).Where(expert => rows[expert].Count > 0).Select(expert => new ExpertRows(expert, [.. rows[expert]], [.. factors[expert]]))];
    }

    public void Clear(DeviceMatrix matrix, int rows) => Set(matrix, zeros(rows, matrix.Columns, dtype: ScalarType.Float32, device: _device));

    public void AddRows(DeviceMatrix matrix, ReadOnlySpan<int> rows, DeviceMatrix addend, ReadOnlySpan<float> weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor to = DeviceBatch.Indices(rows, _device);
        Values(matrix).index_add_(0, to, Values(addend).to(ScalarType.Float32) * _weights.Vector(weights.ToArray()).unsqueeze(1), 1);
    }

    public void MultiplyBySigmoid(DeviceMatrix matrix, DeviceMatrix gates)
    {
        using DisposeScope scope = NewDisposeScope();
        Values(matrix).mul_(Values(gates).sigmoid());
    }

    public void Scale(DeviceMatrix matrix, float factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Values(matrix).mul_(factor);
    }

    public void Write(DeviceMatrix matrix, int rows, MatrixFiller fill)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor host = empty(rows, matrix.Columns, dtype: ScalarType.Float32);
        fill(TorchProjection.Span<float>(host));
        Set(matrix, host.to(_device));
    }

    public ReadOnlySpan<float> Read(DeviceMatrix matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        _read?.Dispose();
        _read = Values(matrix).to(ScalarType.Float32).cpu().contiguous().alias().DetachFromDisposeScope();
        return TorchProjection.Span<float>(_read);
    }

    public void ActivateGated(DeviceMatrix gateAndUp, Activation activation, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor both = Values(gateAndUp);
        Set(output, TorchActivations.ApplyGated(both.narrow(1, 0, output.Columns), both.narrow(1, output.Columns, output.Columns), activation));
    }

    public void Activate(DeviceMatrix matrix, Activation activation)
    {
        using DisposeScope scope = NewDisposeScope();
        Set(matrix, TorchActivations.Apply(Values(matrix), activation));
    }

    public void Add(DeviceMatrix matrix, DeviceMatrix addend, float scale = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        Values(matrix).add_(Values(addend), alpha: scale);
    }

    public void SelectRows(DeviceMatrix input, ReadOnlySpan<int> rows, DeviceMatrix output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor from = DeviceBatch.Indices(rows, _device);
        Set(output, Values(input).index_select(0, from));
    }

    public void Compact(KeyValueStore store, IReadOnlyList<KeyValueRun> runs) => ((TorchKeyValueStore)store).Compact(runs);

    public void Project(DeviceMatrix states, LinearWeights head, float softCap, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers) =>
        _projection.Answer(Values(states), ((TorchLinearWeights)head).Linear, softCap, queries, answers);

    public void VisitLogits(DeviceMatrix states, LinearWeights head, float softCap, LogitsVisitor visit) =>
        _projection.Visit(Values(states), ((TorchLinearWeights)head).Linear, softCap, visit);

    public void Dispose()
    {
        _batch?.Dispose();
        _read?.Dispose();
        _attention.Dispose();
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        _owned.Clear();
    }

    private static Tensor Values(DeviceMatrix matrix) => ((TorchMatrix)matrix).Values;

    private static void Set(DeviceMatrix matrix, Tensor values) => ((TorchMatrix)matrix).Set(values);

    private static Tensor Normalized(Tensor values, NormWeights weights)
    {
        Norm norm = weights.Norm;
        Tensor wide = values.to(ScalarType.Float32), weight = Values(weights.Weight).view(-1);
        if (norm.Kind == NormKind.Layer)
            return nn.functional.layer_norm(wide, [norm.Width], weight, weights.Bias is null ? null : Values(weights.Bias).view(-1), norm.Epsilon);
        Tensor inverse = wide.square().mean([-1], true).add_(norm.Epsilon).rsqrt_();
        return (wide * inverse).mul_(norm.WeightOffset == 0 ? weight : weight + norm.WeightOffset);
    }

    private Tensor Multiply(Tensor input, TorchLinear linear)
    {
        if (!linear.HasIntegers)
            return nn.functional.linear(input.to(_format), linear.Weight, linear.Bias);
        Tensor rounded = Rounded(input).to(_format), plain = input.to(_format);
        return cat(
            [.. linear.Runs.Select(run => nn.functional.linear(run.IsInteger ? rounded : plain, linear.Weight.narrow(0, run.First, run.Count), linear.Bias?.narrow(0, run.First, run.Count)))],
            1);
    }

    // What 8-bit integers with a scale for each row stand for: as runtimes compute W8A8.
    private static Tensor Rounded(Tensor input)
    {
        Tensor wide = input.to(ScalarType.Float32), scale = wide.abs().amax([1], true).div_(127);
        scale = where(scale == 0, ones_like(scale), scale);
        return (wide / scale).round_().clamp_(-127, 127).mul_(scale);
    }

    private DeviceBatch On(RaggedBatch batch)
    {
        if (_batch?.Is(batch) != true)
        {
            _batch?.Dispose();
            _batch = new DeviceBatch(batch, _device);
        }

        return _batch!;
    }

    // A matrix that stands for itself is uploaded once, whether it is looked up, multiplied or both (tied embeddings).
    private Tensor Table(StoredMatrix matrix)
    {
        if (_tables.TryGetValue(matrix.Tensor.Name, out Tensor? known))
            return known;
        Tensor uploaded = Own(_weights.Stack([new StoredLinear(matrix, null)]).DetachFromDisposeScope());
        _tables.Add(matrix.Tensor.Name, uploaded);
        return uploaded;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
