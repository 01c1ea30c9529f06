using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>What the stored values of a tensor are like.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Zeros">Elements equal to zero, of either sign.</param>
/// <param name="NaNs">Elements that are NaN.</param>
/// <param name="Infinities">Elements that are infinite.</param>
/// <param name="Minimum">Smallest finite value; null when there is none, or the format is not Float32, Float16 or BFloat16.</param>
/// <param name="Maximum">Largest finite value; null likewise.</param>
public sealed record TensorStatistics(TensorInfo Tensor, long Zeros, long NaNs, long Infinities, float? Minimum, float? Maximum)
{
    /// <summary>Share of elements equal to zero, 0 to 1; 0 for an empty tensor.</summary>
    public double ZeroShare => Tensor.ElementCount == 0 ? 0 : (double)Zeros / Tensor.ElementCount;
}

/// <summary>What the stored values of a checkpoint are like, read piece by piece.</summary>
/// <param name="Tensors">One entry for each tensor, in name order.</param>
public sealed record CheckpointStatistics(ImmutableArray<TensorStatistics> Tensors)
{
    private const int PieceElements = 1 << 14;

    /// <summary>Elements of all tensors.</summary>
    public long Parameters => Tensors.Sum(entry => entry.Tensor.ElementCount);

    /// <summary>Bytes of all tensors, without headers.</summary>
    public long Bytes => Tensors.Sum(entry => entry.Tensor.Length);

    /// <summary>Share of all elements equal to zero, 0 to 1.</summary>
    public double ZeroShare => Parameters == 0 ? 0 : (double)Tensors.Sum(entry => entry.Zeros) / Parameters;

    /// <summary>Reads every tensor once, on all cores.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <param name="cancellationToken">Looked at between pieces.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: a file changed since it was opened.</exception>
    public static CheckpointStatistics Compute(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        var tensors = new TensorStatistics[checkpoint.Tensors.Count];
        TensorSweep.Run(checkpoint.Tensors, index => tensors[index] = Compute(checkpoint, checkpoint.Tensors[index], cancellationToken), cancellationToken);
        return new CheckpointStatistics([.. tensors]);
    }

    /// <summary>Reads one tensor once.</summary>
    /// <param name="checkpoint">The checkpoint that holds it.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="cancellationToken">Looked at between pieces.</param>
    public static TensorStatistics Compute(Checkpoint checkpoint, TensorInfo tensor, CancellationToken cancellationToken = default)
    {
        var tally = new ValueTally();
        float[] values = new float[PieceElements];
        int size = tensor.ElementSize;
        for (long offset = 0; offset < tensor.Length; offset += PieceElements * size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> piece = checkpoint.ReadRange(tensor, offset, (int)Math.Min(PieceElements * size, tensor.Length - offset));
            if (Widening.Supports(tensor.Format))
            {
                Span<float> widened = values.AsSpan(0, piece.Length / size);
                Widening.ToSingles(tensor.Format, piece, widened);
                tally.Add(widened);
            }
            else
            {
                tally.AddZeros(ZerosOf(tensor.Format, piece));
            }
        }

        return new TensorStatistics(tensor, tally.Zeros, tally.NaNs, tally.Infinities, tally.Minimum, tally.Maximum);
    }

    private static long ZerosOf(NumberFormat format, ReadOnlySpan<byte> piece) => format switch
    {
        // Both zeros of the 8-bit floats: all bits clear but the sign.
        NumberFormat.Float8E4M3 or NumberFormat.Float8E5M2 => piece.Count((byte)0) + piece.Count((byte)0x80),
        NumberFormat.Float64 => MemoryMarshal.Cast<byte, double>(piece).Count(0.0),
        NumberFormat.Int64 => MemoryMarshal.Cast<byte, long>(piece).Count(0L),
        NumberFormat.Int32 => MemoryMarshal.Cast<byte, int>(piece).Count(0),
        NumberFormat.Int16 => MemoryMarshal.Cast<byte, short>(piece).Count((short)0),
        _ => piece.Count((byte)0),
    };
}
