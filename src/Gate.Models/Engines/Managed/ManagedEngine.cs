using System.Numerics;
using Gate.Diagnostics;
using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Questions;
using Gate.Numerics;
using Gate.Numerics.Activations;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.Normalization;
using Gate.Numerics.Positions;
using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>The engine in plain C# on the processor: the kernels of Gate.Numerics over native memory that is reused from batch to batch.</summary>
/// <param name="threads">Threads of the kernels.</param>
internal sealed class ManagedEngine(ComputeThreads threads) : IComputeEngine
{
    private readonly List<IDisposable> _owned = [];
    private readonly ManagedProjection _projection = new(threads);

    /// <summary>Its name; part of every model's identity.</summary>
    public static string EngineName { get; } = $"managed/{NumericsRevision.Current}";

    public GateException? OutOfMemory(Exception exception) => null;

    public DeviceMatrix Upload(int rows, int columns, ReadOnlySpan<float> values)
    {
        ManagedMatrix matrix = Own(new ManagedMatrix(columns));
        matrix.Resize(rows);
        values.CopyTo(matrix.Values);
        return matrix;
    }

    public LinearWeights UploadLinear(IReadOnlyList<StoredLinear> layers) => Own(ManagedLinearWeights.Pack(layers));

    public EmbeddingTable UploadEmbedding(StoredMatrix table) => new ManagedEmbeddingTable(table);

    public DeviceMatrix Allocate(int columns) => Own(new ManagedMatrix(columns));

    public KeyValueStore AllocateStore(KeyValueShape shape) => Own(new ManagedKeyValueStore(shape));

    public void Embed(EmbeddingTable table, ReadOnlySpan<int> ids, DeviceMatrix output)
    {
        ManagedMatrix rows = Resized(output, ids.Length);
        for (int i = 0; i < ids.Length; i++)
            ((ManagedEmbeddingTable)table).CopyRow(ids[i], rows.Row(i));
    }

    public void Linear(DeviceMatrix input, LinearWeights weights, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)input, to = Resized(output, input.Rows);
        ManagedLinearWeights linear = (ManagedLinearWeights)weights;
        linear.Multiply(from.Values, from.Rows, to.Values, threads);
    }

    public void Normalize(DeviceMatrix input, NormWeights norm, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)input, to = ReferenceEquals(input, output) ? from : Resized(output, input.Rows);
        RowParallel.Run(from.Rows, from.Columns, threads, (first, count) =>
            NormalizeRows(from.RowsAt(first, count), to.RowsAt(first, count), count, from.Columns, norm));
    }

    public void NormalizeHeads(DeviceMatrix matrix, int firstColumn, int heads, NormWeights norm)
    {
        ManagedMatrix rows = (ManagedMatrix)matrix;
        int size = norm.Norm.Width;
        RowParallel.Run(rows.Rows, heads * size, threads, (first, count) =>
        {
            for (int row = first; row < first + count; row++)
            {
                Span<float> part = rows.Row(row).Slice(firstColumn, heads * size);
                NormalizeRows(part, part, heads, size, norm);
            }
        });
    }

    public void Rotate(RaggedBatch batch, DeviceMatrix matrix, int heads, int headSize, Rotary rotary, DeviceMatrix table)
    {
        ManagedMatrix rows = (ManagedMatrix)matrix, angles = (ManagedMatrix)table;
        int half = rotary.Size / 2;
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> pair = angles.Row(batch.Positions[row]);
            if (rotary.Pairing == RotaryPairing.Halves)
                RotaryEmbedding.Apply(rows.Row(row), heads, headSize, rotary.Size, pair[..half], pair[half..]);
            else
                RotaryEmbedding.ApplyToNeighbours(rows.Row(row), heads, headSize, rotary.Size, pair[..half], pair[half..]);
        }
    }

    public void Store(RaggedBatch batch, DeviceMatrix projected, int firstColumn, KeyValueStore store, int layer) =>
        ManagedAttention.Store(batch, (ManagedMatrix)projected, firstColumn, (ManagedKeyValueStore)store, layer);

    public void Attend(RaggedBatch batch, DeviceMatrix queries, AttentionArithmetic arithmetic, KeyValueStore store, int layer, DeviceMatrix output) =>
        ManagedAttention.Attend(batch, (ManagedMatrix)queries, arithmetic, (ManagedKeyValueStore)store, layer, Resized(output, queries.Rows), threads);

    public IReadOnlyList<ExpertRows> Route(DeviceMatrix logits, int chosen, bool renormalize) => ManagedRouting.Route((ManagedMatrix)logits, chosen, renormalize);

    public void Clear(DeviceMatrix matrix, int rows) => Resized(matrix, rows).Values.Clear();

    public void AddRows(DeviceMatrix matrix, ReadOnlySpan<int> rows, DeviceMatrix addend, ReadOnlySpan<float> weights)
    {
        ManagedMatrix to = (ManagedMatrix)matrix, from = (ManagedMatrix)addend;
        for (int i = 0; i < rows.Length; i++)
            AddScaled(to.Row(rows[i]), from.Row(i), weights[i]);
    }

    public void MultiplyBySigmoid(DeviceMatrix matrix, DeviceMatrix gates)
    {
        ManagedMatrix to = (ManagedMatrix)matrix, from = (ManagedMatrix)gates;
        for (int row = 0; row < to.Rows; row++)
            Multiply(to.Row(row), 1 / (1 + Exponential.Evaluate(-from.Row(row)[0])));
    }

    public void Scale(DeviceMatrix matrix, float factor) => Multiply(((ManagedMatrix)matrix).Values, factor);

    public void Write(DeviceMatrix matrix, int rows, MatrixFiller fill) => fill(Resized(matrix, rows).Values);

    public ReadOnlySpan<float> Read(DeviceMatrix matrix) => ((ManagedMatrix)matrix).Values;

    public void ActivateGated(DeviceMatrix gateAndUp, Activation activation, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)gateAndUp, to = Resized(output, gateAndUp.Rows);
        RowParallel.Run(from.Rows, from.Columns, threads, (first, count) =>
        {
            Span<float> source = from.RowsAt(first, count), destination = to.RowsAt(first, count);
            switch (activation)
            {
                case Activation.Silu:
                    GatedSilu.ApplyStacked(source, count, to.Columns, destination);
                    break;
                case Activation.Gelu:
                    GatedGelu.ApplyStacked(source, count, to.Columns, destination);
                    break;
                case Activation.GeluTanh:
                    GatedGeluTanh.ApplyStacked(source, count, to.Columns, destination);
                    break;
                case Activation.ClampedSwiGlu:
                    ClampedSwiGlu.ApplyStacked(source, count, to.Columns, destination);
                    break;
                case Activation.QuickGelu:
                    throw new NotSupportedException("No family gates with the sigmoid approximation of GELU.");
                default:
                    GatedRelu.ApplyStacked(source, count, to.Columns, destination);
                    break;
            }
        });
    }

    public void Activate(DeviceMatrix matrix, Activation activation)
    {
        ManagedMatrix rows = (ManagedMatrix)matrix;
        RowParallel.Run(rows.Rows, rows.Columns, threads, (first, count) =>
        {
            Span<float> values = rows.RowsAt(first, count);
            switch (activation)
            {
                case Activation.Silu:
                    Silu.Apply(values, values);
                    break;
                case Activation.Gelu:
                    Gelu.Apply(values, values);
                    break;
                case Activation.GeluTanh:
                    GeluTanh.Apply(values, values);
                    break;
                case Activation.QuickGelu:
                    QuickGelu.Apply(values, values);
                    break;
                case Activation.ClampedSwiGlu:
                    throw new NotSupportedException("This activation needs a gate.");
                default:
                    Relu.Apply(values, values);
                    break;
            }
        });
    }

    public void Add(DeviceMatrix matrix, DeviceMatrix addend, float scale = 1) =>
        AddScaled(((ManagedMatrix)matrix).Values, ((ManagedMatrix)addend).Values, scale);

    public void SelectRows(DeviceMatrix input, ReadOnlySpan<int> rows, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)input, to = Resized(output, rows.Length);
        for (int i = 0; i < rows.Length; i++)
            from.Row(rows[i]).CopyTo(to.Row(i));
    }

    public void Compact(KeyValueStore store, IReadOnlyList<KeyValueRun> runs) => ((ManagedKeyValueStore)store).Compact(runs);

    public void Project(DeviceMatrix states, LinearWeights head, float softCap, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers) =>
        _projection.Answer((ManagedMatrix)states, (ManagedLinearWeights)head, softCap, queries, answers);

    public void VisitLogits(DeviceMatrix states, LinearWeights head, float softCap, LogitsVisitor visit) =>
        _projection.Visit((ManagedMatrix)states, (ManagedLinearWeights)head, softCap, visit);

    public void Dispose()
    {
        _projection.Dispose();
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        _owned.Clear();
    }

    private static void NormalizeRows(Span<float> source, Span<float> destination, int rows, int columns, NormWeights weights)
    {
        ReadOnlySpan<float> weight = ((ManagedMatrix)weights.Weight).Values;
        if (weights.Norm.Kind == NormKind.RootMeanSquare)
        {
            RmsNorm.Apply(source, weight, weights.Norm.Epsilon, destination, rows, columns, weights.Norm.WeightOffset);
            return;
        }

        ReadOnlySpan<float> bias = weights.Bias is ManagedMatrix matrix ? matrix.Values : [];
        LayerNorm.Apply(source, weight, bias, weights.Norm.Epsilon, destination, rows, columns);
    }

    private static void AddScaled(Span<float> sums, ReadOnlySpan<float> values, float scale)
    {
        Vector<float> scales = new(scale);
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sums[i..]) + (new Vector<float>(values[i..]) * scales)).CopyTo(sums[i..]);
        for (; i < sums.Length; i++)
            sums[i] += values[i] * scale;
    }

    private static void Multiply(Span<float> values, float factor)
    {
        Vector<float> factors = new(factor);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(values[i..]) * factors).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] *= factor;
    }

    private static ManagedMatrix Resized(DeviceMatrix matrix, int rows)
    {
        ManagedMatrix resized = (ManagedMatrix)matrix;
        resized.Resize(rows);
        return resized;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
