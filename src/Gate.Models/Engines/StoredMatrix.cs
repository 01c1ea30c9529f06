using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Quantized;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Engines;

/// <summary>A weight matrix where it lies, in its stored format: in the memory map of its checkpoint unless it was replaced.</summary>
/// <param name="Checkpoint">The checkpoint, open.</param>
/// <param name="Tensor">A tensor of two extents.</param>
internal sealed record StoredMatrix(Checkpoint Checkpoint, TensorInfo Tensor)
{
    /// <summary>The first extent.</summary>
    public int Rows => (int)Tensor.Shape[0];

    /// <summary>The second extent.</summary>
    public int Columns => (int)Tensor.Shape[1];

    /// <summary>Values that stand in for the stored ones, or null.</summary>
    public ReplacedWeights? Replaced { get; init; }

    /// <summary>Float32, Float16 or BFloat16.</summary>
    public NumberFormat Format => Replaced?.Format ?? Tensor.Format;

    /// <summary>The rows as integers when the checkpoint asks for integer arithmetic, else null.</summary>
    public IntegerRows? Integers => Replaced is null ? Checkpoint.IntegersOf(Tensor) : null;

    /// <summary>Stored bytes of rows, little-endian.</summary>
    public ReadOnlySpan<byte> ReadBytes(int firstRow, int count) =>
        Replaced is null ? Checkpoint.ReadBytes(Tensor, firstRow, count) : Replaced.Rows(firstRow, count, Columns);

    /// <summary>Lets go of the pages that reading took.</summary>
    public void Release()
    {
        if (Replaced is null)
            Checkpoint.Release(Tensor);
    }

    /// <summary>Rows widened to binary32.</summary>
    public void ReadSingles(int firstRow, int count, Span<float> destination)
    {
        if (Replaced is null)
            Checkpoint.ReadSingles(Tensor, firstRow, count, destination);
        else
            Replaced.Widen(firstRow, count, Columns, destination);
    }
}

/// <summary>One linear layer as stored.</summary>
/// <param name="Weight">[outputs, inputs]; of a fused matrix the layer has some rows.</param>
/// <param name="Bias">One value per row of the matrix, or null.</param>
/// <param name="Rows">The layer's rows, or null for all of them.</param>
internal sealed record StoredLinear(StoredMatrix Weight, float[]? Bias, RowPattern? Rows = null)
{
    /// <summary>Output features.</summary>
    public int Outputs => Runs.Sum(run => run.Count);

    /// <summary>The runs of rows that are the layer's, in the order of its outputs.</summary>
    public IEnumerable<(int First, int Count)> Runs => Rows?.Runs(Weight.Rows) ?? [(0, Weight.Rows)];
}
