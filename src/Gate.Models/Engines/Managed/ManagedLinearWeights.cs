using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Quantized;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.LinearAlgebra.Int8;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>
/// Stacked layers as packed matrices: one for all of them, or, where some are multiplied as integers and some are not, one for each run of neighbours. 16-bit
/// weights stay 16 bits wide.
/// </summary>
internal sealed class ManagedLinearWeights : LinearWeights, IDisposable
{
    // 4 MiB of stored rows at a time: a tensor may be larger than a span.
    private const long BytesAtOnce = 4 << 20;

    private ManagedLinearWeights(IReadOnlyList<LinearPart> parts, int inputs, float[] bias)
    {
        Parts = parts;
        Inputs = inputs;
        Outputs = parts.Sum(part => part.Outputs);
        Bias = bias;
    }

    public override int Outputs { get; }

    public override int Inputs { get; }

    /// <summary>The weights, in the order of the outputs.</summary>
    public IReadOnlyList<LinearPart> Parts { get; }

    /// <summary>One value per output, or empty.</summary>
    public float[] Bias { get; }

    /// <summary>Packs the layers below each other.</summary>
    public static ManagedLinearWeights Pack(IReadOnlyList<StoredLinear> layers)
    {
        var parts = new List<LinearPart>();
        for (int next = 0; next < layers.Count;)
        {
            int groupSize = GroupSizeOf(layers[next]);
            StoredLinear[] run = [.. layers.Skip(next).TakeWhile(layer => GroupSizeOf(layer) == groupSize)];
            parts.Add(groupSize > 0 ? new IntegerPart(PackIntegers(run, groupSize)) : new DensePart(PackDense(run)));
            next += run.Length;
        }

        return new ManagedLinearWeights(parts, layers[0].Weight.Columns, StackBiases(layers));
    }

    /// <summary>y = x · Wᵀ + bias over all stacked layers.</summary>
    /// <param name="x">[tokens, inputs].</param>
    /// <param name="tokens">Rows.</param>
    /// <param name="y">[tokens, outputs].</param>
    /// <param name="threads">Threads that may be used.</param>
    public void Multiply(ReadOnlySpan<float> x, int tokens, Span<float> y, ComputeThreads threads)
    {
        int column = 0;
        foreach (LinearPart part in Parts)
        {
            part.Multiply(x, tokens, Bias.Length == 0 ? [] : Bias.AsSpan(column, part.Outputs), y, Outputs, column, threads);
            column += part.Outputs;
        }
    }

    public void Dispose()
    {
        foreach (LinearPart part in Parts)
            part.Dispose();
    }

    // 0 for layers that are not multiplied as integers.
    private static int GroupSizeOf(StoredLinear layer) => layer.Weight.Integers?.GroupSize ?? 0;

    private static Int8Matrix PackIntegers(IReadOnlyList<StoredLinear> layers, int groupSize)
    {
        int columns = layers[0].Weight.Columns;
        Int8Matrix matrix = new(layers.Sum(layer => layer.Outputs), columns, groupSize);
        sbyte[] codes = new sbyte[columns];
        float[] scales = new float[(columns + groupSize - 1) / groupSize];
        int row = 0;
        foreach (StoredLinear layer in layers)
        {
            IntegerRows rows = layer.Weight.Integers!;
            foreach ((int first, int count) in layer.Runs)
            {
                for (int own = first; own < first + count; own++)
                {
                    rows.Read(own, codes, scales);
                    matrix.SetRow(row++, codes, scales);
                }
            }
        }

        return matrix;
    }

    private static PackedMatrix PackDense(IReadOnlyList<StoredLinear> layers)
    {
        int outputs = layers.Sum(layer => layer.Outputs);
        NumberFormat first = layers[0].Weight.Format;
        NumberFormat format = layers.All(layer => layer.Weight.Format == first) ? first : NumberFormat.Float32;
        using PackedMatrixBuilder builder = new(format, outputs, layers[0].Weight.Columns);
        foreach (StoredLinear layer in layers)
            Append(builder, layer);
        return builder.Build();
    }

    private static void Append(PackedMatrixBuilder builder, StoredLinear layer)
    {
        StoredMatrix weight = layer.Weight;
        int rowsAtOnce = (int)Math.Max(1, BytesAtOnce / (weight.Tensor.Length / weight.Rows));
        int rowBytes = weight.Columns * StoredFormats.SizeOf(weight.Format), read = 0, have = 0;
        ReadOnlySpan<byte> bytes = [];
        foreach ((int first, int count) in layer.Runs)
        {
            for (int row = first; row < first + count;)
            {
                // Short runs (gate and up, row by row) are read with what lies between them; a long one by itself.
                if (row >= read + have)
                {
                    int wanted = layer.Rows is { } pattern && pattern.Period <= 2 * pattern.Count ? weight.Rows - row : first + count - row;
                    (read, have) = (row, Math.Min(rowsAtOnce, wanted));
                    bytes = weight.ReadBytes(read, have);
                }

                int here = Math.Min(read + have, first + count) - row;
                builder.Append(bytes.Slice((row - read) * rowBytes, here * rowBytes), weight.Format);
                row += here;
            }
        }

        // Packed, the weights are in memory once; the pages they were read from would hold them a second time.
        weight.Release();
    }

    // Layers without a bias among layers with one get zeros, which change no sum.
    private static float[] StackBiases(IReadOnlyList<StoredLinear> layers)
    {
        if (layers.All(layer => layer.Bias is null))
            return [];
        float[] bias = new float[layers.Sum(layer => layer.Outputs)];
        int start = 0;
        foreach (StoredLinear layer in layers)
        {
            foreach ((int first, int count) in layer.Runs)
            {
                layer.Bias?.AsSpan(first, count).CopyTo(bias.AsSpan(start));
                start += count;
            }
        }

        return bias;
    }
}
