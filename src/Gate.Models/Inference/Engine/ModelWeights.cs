using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Inference.Engine;

/// <summary>The weights of a checkpoint whose layout was checked, each scanned for NaN and infinity before it is handed out.</summary>
internal sealed class ModelWeights(Checkpoint checkpoint)
{
    // 1 MiB: large enough to stream, small enough to stay in the second-level cache.
    private const long BytesAtOnce = 1 << 20;

    /// <summary>A matrix, in place.</summary>
    /// <exception cref="GateException">Exit 4: a value is NaN or infinite.</exception>
    public StoredMatrix Matrix(string name)
    {
        TensorInfo tensor = checkpoint.Require(name);
        CheckFinite(tensor);
        return new StoredMatrix(checkpoint, tensor);
    }

    /// <summary>A vector (norm, bias), widened.</summary>
    /// <exception cref="GateException">Exit 4: a value is NaN or infinite.</exception>
    public float[] Vector(string name)
    {
        CheckFinite(checkpoint.Require(name));
        return checkpoint.ReadSingles(name);
    }

    /// <summary>A linear layer by its module name.</summary>
    /// <param name="module">For example <c>model.layers.0.mlp.up_proj</c>.</param>
    /// <param name="bias">Whether it has a bias.</param>
    public StoredLinear Linear(string module, bool bias) =>
        new(Matrix($"{module}.weight"), bias ? Vector($"{module}.bias") : null);

    private void CheckFinite(TensorInfo tensor)
    {
        long rowBytes = tensor.Length / tensor.Shape[0];
        long rowsAtOnce = Math.Max(1, BytesAtOnce / rowBytes);
        long elementsPerRow = tensor.ElementCount / tensor.Shape[0];
        for (long row = 0; row < tensor.Shape[0]; row += rowsAtOnce)
        {
            ReadOnlySpan<byte> bytes = checkpoint.ReadBytes(tensor, row, Math.Min(rowsAtOnce, tensor.Shape[0] - row));
            int found = IndexOfNotFinite(tensor.Format, bytes);
            if (found >= 0)
                throw NotFinite(tensor, (row * elementsPerRow) + found);
        }
    }

    // A value is NaN or infinite exactly when all bits of its exponent are set.
    private static int IndexOfNotFinite(NumberFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        NumberFormat.Float32 => ExponentScan.IndexOfAllSet(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
        NumberFormat.Float16 => ExponentScan.IndexOfAllSet(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00),
        NumberFormat.BFloat16 => ExponentScan.IndexOfAllSet(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80),
        _ => throw new InvalidOperationException($"weights of format {format} reached the engine"),
    };

    private GateException NotFinite(TensorInfo tensor, long index)
    {
        long columns = tensor.Shape.Length > 1 ? tensor.Shape[^1] : tensor.ElementCount;
        string place = tensor.Shape.Length > 1 ? $"row {index / columns}, column {index % columns}" : $"index {index}";
        string path = Path.Combine(checkpoint.Folder, tensor.File);
        return GateException.Input(
            "GATE3085",
            $"{path}: tensor '{tensor.Name}': expected finite weights, found NaN or infinity at {place}.",
            new SourceLocation(path),
            "The model is broken: download it again, or repeat the step that made it.");
    }
}
