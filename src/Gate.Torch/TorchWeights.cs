using Gate.Models.Checkpoints;
using Gate.Models.Engines;
using Gate.Numerics.NumberFormats;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>Stacked linear layers as one tensor of [outputs, inputs].</summary>
/// <param name="Weight">The weights, in the engine's format.</param>
/// <param name="Bias">One value for each output, or null.</param>
/// <param name="Runs">Its outputs by how they are multiplied.</param>
internal sealed record TorchLinear(Tensor Weight, Tensor? Bias, IReadOnlyList<OutputRun> Runs)
{
    /// <summary>Whether some inputs are rounded.</summary>
    public bool HasIntegers => Runs.Any(run => run.IsInteger);
}

/// <summary>Neighbouring outputs that are multiplied in one way.</summary>
/// <param name="First">First output.</param>
/// <param name="Count">Outputs.</param>
/// <param name="IsInteger">Whether the inputs are rounded to 8 bits, with a scale for each row.</param>
internal readonly record struct OutputRun(int First, int Count, bool IsInteger);

/// <summary>Linear layers on a device.</summary>
internal sealed class TorchLinearWeights(TorchLinear linear) : LinearWeights
{
    public override int Outputs { get; } = (int)linear.Weight.size(0);

    public override int Inputs { get; } = (int)linear.Weight.size(1);

    /// <summary>The tensors.</summary>
    public TorchLinear Linear => linear;
}

/// <summary>A table on a device.</summary>
internal sealed class TorchEmbeddingTable(Tensor rows) : EmbeddingTable
{
    public override int Rows { get; } = (int)rows.size(0);

    public override int Columns { get; } = (int)rows.size(1);

    /// <summary>[rows, columns].</summary>
    public Tensor Values => rows;
}

/// <summary>Copies weights from their files to a device.</summary>
/// <param name="device">The device.</param>
/// <param name="format">The engine's format.</param>
internal sealed class WeightUpload(Device device, ScalarType format)
{
    // 16 MiB of stored rows at a time: a tensor may be larger than a span, and the host holds no second copy of it.
    private const long BytesAtOnce = 16 << 20;

    /// <summary>The rows of layers, below each other.</summary>
    public Tensor Stack(IReadOnlyList<StoredLinear> layers)
    {
        Tensor stacked = empty(layers.Sum(layer => layer.Outputs), layers[0].Weight.Columns, dtype: format, device: device);
        long next = 0;
        foreach (StoredLinear layer in layers)
        {
            foreach ((int first, int count) in layer.Runs)
            {
                Copy(layer.Weight, first, count, stacked, next);
                next += count;
            }

            layer.Weight.Release();
        }

        return stacked;
    }

    /// <summary>The biases of layers, one after the other; zeros for those without one, null when none has one.</summary>
    public Tensor? StackBiases(IReadOnlyList<StoredLinear> layers)
    {
        if (layers.All(layer => layer.Bias is null))
            return null;
        float[] biases =
        [
            .. layers.SelectMany(layer => layer.Runs.SelectMany(run => layer.Bias is null ? new float[run.Count] : layer.Bias.AsSpan(run.First, run.Count).ToArray())),
        ];
        return Vector(biases).to(format);
    }

    /// <summary>Values on the device, in binary32.</summary>
    public Tensor Vector(float[] values) => tensor(values, dtype: ScalarType.Float32).to(device);

    private static void Copy(StoredMatrix weight, int first, int count, Tensor destination, long at)
    {
        ScalarType stored = weight.Format switch
        {
            NumberFormat.BFloat16 => ScalarType.BFloat16,
            NumberFormat.Float16 => ScalarType.Float16,
            _ => ScalarType.Float32,
        };
        int rowsAtOnce = (int)Math.Max(1, BytesAtOnce / ((long)weight.Columns * StoredFormats.SizeOf(weight.Format)));
        for (int row = 0; row < count; row += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, count - row);
            using Tensor host = empty(rows, weight.Columns, dtype: stored), part = destination.narrow(0, at + row, rows);
            weight.ReadBytes(first + row, rows).CopyTo(host.bytes);
            part.copy_(host).Dispose();
        }
    }
}
