using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Inference.Engine.Managed;

/// <summary>Stacked layers as one packed matrix; 16-bit weights stay 16 bits wide.</summary>
internal sealed class ManagedLinearWeights : LinearWeights, IDisposable
{
    // 4 MiB of stored rows at a time: a tensor may be larger than a span.
    private const long BytesAtOnce = 4 << 20;

    private ManagedLinearWeights(PackedMatrix matrix, float[] bias, string firstTensor)
    {
        Matrix = matrix;
        Bias = bias;
        FirstTensor = firstTensor;
    }

    public override int Outputs => Matrix.Rows;

    public override int Inputs => Matrix.Columns;

    /// <summary>The weights.</summary>
    public PackedMatrix Matrix { get; }

    /// <summary>One value per output, or empty.</summary>
    public float[] Bias { get; }

    /// <summary>Name of the weight tensor of the first stacked layer.</summary>
    public string FirstTensor { get; }

    /// <summary>Packs the layers below each other.</summary>
    public static ManagedLinearWeights Pack(IReadOnlyList<StoredLinear> layers)
    {
        int outputs = layers.Sum(layer => layer.Weight.Rows);
        NumberFormat first = layers[0].Weight.Format;
        NumberFormat format = layers.All(layer => layer.Weight.Format == first) ? first : NumberFormat.Float32;
        using PackedMatrixBuilder builder = new(format, outputs, layers[0].Weight.Columns);
        foreach (StoredLinear layer in layers)
            Append(builder, layer.Weight);
        return new ManagedLinearWeights(builder.Build(), StackBiases(layers, outputs), layers[0].Weight.Tensor.Name);
    }

    public void Dispose() => Matrix.Dispose();

    private static void Append(PackedMatrixBuilder builder, StoredMatrix weight)
    {
        int rowsAtOnce = (int)Math.Max(1, BytesAtOnce / (weight.Tensor.Length / weight.Rows));
        for (int row = 0; row < weight.Rows; row += rowsAtOnce)
            builder.Append(weight.ReadBytes(row, Math.Min(rowsAtOnce, weight.Rows - row)), weight.Format);

        // Packed, the weights are in memory once; the pages they were read from would hold them a second time.
        weight.Release();
    }

    // Layers without a bias among layers with one get zeros, which change no sum.
    private static float[] StackBiases(IReadOnlyList<StoredLinear> layers, int outputs)
    {
        if (layers.All(layer => layer.Bias is null))
            return [];
        float[] bias = new float[outputs];
        int start = 0;
        foreach (StoredLinear layer in layers)
        {
            layer.Bias?.CopyTo(bias, start);
            start += layer.Weight.Rows;
        }

        return bias;
    }
}
