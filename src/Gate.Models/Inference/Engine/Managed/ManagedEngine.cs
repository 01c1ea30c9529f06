using System.Numerics;
using Gate.Models.Inference.Batching;
using Gate.Numerics;
using Gate.Numerics.Activations;
using Gate.Numerics.Normalization;
using Gate.Numerics.Positions;
using Gate.Numerics.Threading;

namespace Gate.Models.Inference.Engine.Managed;

/// <summary>The engine in plain C# on the processor: the kernels of Gate.Numerics over native memory that is reused from batch to batch.</summary>
/// <param name="threads">Threads of the kernels.</param>
/// <param name="observer">Shown the input of every linear layer before it is multiplied, or null.</param>
internal sealed class ManagedEngine(ComputeThreads threads, Action<ManagedLinearWeights, ManagedMatrix>? observer = null) : IComputeEngine
{
    private readonly List<IDisposable> _owned = [];
    private readonly ManagedProjection _projection = new(threads);

    /// <summary>Its name; part of every model's identity.</summary>
    public static string EngineName { get; } = $"managed/{NumericsRevision.Current}";

    public string Name => EngineName;

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
        observer?.Invoke(linear, from);
        linear.Multiply(from.Values, from.Rows, to.Values, threads);
    }

    public void Normalize(DeviceMatrix input, NormalizationSettings normalization, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)input, to = ReferenceEquals(input, output) ? from : Resized(output, input.Rows);
        RowParallel.Run(from.Rows, from.Columns, threads, (first, count) =>
            NormalizeRows(from.RowsAt(first, count), to.RowsAt(first, count), count, from.Columns, normalization));
    }

    public void NormalizeHeads(DeviceMatrix matrix, int firstColumn, int heads, NormalizationSettings normalization)
    {
        ManagedMatrix rows = (ManagedMatrix)matrix;
        int size = normalization.Weight.Columns;
        RowParallel.Run(rows.Rows, heads * size, threads, (first, count) =>
        {
            for (int row = first; row < first + count; row++)
            {
                Span<float> part = rows.Row(row).Slice(firstColumn, heads * size);
                NormalizeRows(part, part, heads, size, normalization);
            }
        });
    }

    public void Rotate(DeviceMatrix matrix, int heads, int headSize, DeviceMatrix table, ReadOnlySpan<int> positions)
    {
        ManagedMatrix rows = (ManagedMatrix)matrix, angles = (ManagedMatrix)table;
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> pair = angles.Row(positions[row]);
            RotaryEmbedding.Apply(rows.Row(row), heads, headSize, headSize, pair[..(headSize / 2)], pair[(headSize / 2)..]);
        }
    }

    public void Attend(RaggedBatch batch, DeviceMatrix projected, AttentionShape shape, KeyValueStore store, int layer, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)projected, to = Resized(output, projected.Rows);
        ManagedAttention.Store(batch, from, shape, (ManagedKeyValueStore)store, layer);
        ManagedAttention.Attend(batch, from, shape, (ManagedKeyValueStore)store, layer, to, threads);
    }

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
                default:
                    Relu.Apply(values, values);
                    break;
            }
        });
    }

    public void Add(DeviceMatrix matrix, DeviceMatrix addend, float scale = 1)
    {
        ManagedMatrix to = (ManagedMatrix)matrix, from = (ManagedMatrix)addend;
        Span<float> sums = to.Values;
        ReadOnlySpan<float> values = from.Values;
        Vector<float> scales = new(scale);
        int i = 0;
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sums[i..]) + (new Vector<float>(values[i..]) * scales)).CopyTo(sums[i..]);
        for (; i < sums.Length; i++)
            sums[i] += values[i] * scale;
    }

    public void SelectRows(DeviceMatrix input, ReadOnlySpan<int> rows, DeviceMatrix output)
    {
        ManagedMatrix from = (ManagedMatrix)input, to = Resized(output, rows.Length);
        for (int i = 0; i < rows.Length; i++)
            from.Row(rows[i]).CopyTo(to.Row(i));
    }

    public void Compact(KeyValueStore store, IReadOnlyList<KeyValueRun> runs) => ((ManagedKeyValueStore)store).Compact(runs);

    public void Project(DeviceMatrix states, LinearWeights head, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers) =>
        _projection.Answer((ManagedMatrix)states, (ManagedLinearWeights)head, queries, answers);

    public void VisitLogits(DeviceMatrix states, LinearWeights head, LogitsVisitor visit) =>
        _projection.Visit((ManagedMatrix)states, (ManagedLinearWeights)head, visit);

    public void Dispose()
    {
        _projection.Dispose();
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        _owned.Clear();
    }

    private static void NormalizeRows(Span<float> source, Span<float> destination, int rows, int columns, NormalizationSettings normalization)
    {
        ReadOnlySpan<float> weight = ((ManagedMatrix)normalization.Weight).Values;
        if (normalization.Kind == NormalizationKind.RootMeanSquare)
        {
            RmsNorm.Apply(source, weight, normalization.Epsilon, destination, rows, columns, normalization.WeightOffset);
            return;
        }

        ReadOnlySpan<float> bias = normalization.Bias is ManagedMatrix matrix ? matrix.Values : [];
        LayerNorm.Apply(source, weight, bias, normalization.Epsilon, destination, rows, columns);
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
