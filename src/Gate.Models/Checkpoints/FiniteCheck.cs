using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Diagnostics;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>A weight that is NaN or infinite.</summary>
/// <param name="Tensor">The tensor that holds it.</param>
/// <param name="Index">Its index per extent, slowest first.</param>
/// <param name="Value">NaN or an infinity.</param>
public sealed record NonFiniteWeight(TensorInfo Tensor, ImmutableArray<long> Index, double Value);

/// <summary>Looks for weights that are NaN or infinite, straight in the stored bytes: the exponent bits are all ones exactly there.</summary>
public static class FiniteCheck
{
    private const int PieceBytes = 4 << 20;

    /// <summary>Refuses a checkpoint with a weight that is not finite.</summary>
    /// <param name="checkpoint">An open checkpoint; all its Float16, BFloat16, Float32 and Float64 tensors are looked at, on all cores.</param>
    /// <param name="cancellationToken">Looked at after every 4 MiB.</param>
    /// <exception cref="GateException">Exit 4 (GATE3023), naming the first such tensor in name order and the index in it.</exception>
    public static void Require(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        if (FindFirst(checkpoint, cancellationToken) is not { } found)
            return;
        string file = Path.Combine(checkpoint.Folder, found.Tensor.File);
        throw GateException.Input(
            "GATE3023",
            $"{file}: tensor '{found.Tensor.Name}': expected finite weights, found {found.Value} at [{string.Join(", ", found.Index)}].",
            new SourceLocation(file),
            "Find out which step of training, conversion or compression produced it, and use the checkpoint from before.");
    }

    /// <summary>The first weight that is not finite, tensors in name order, or null when all are finite.</summary>
    public static NonFiniteWeight? FindFirst(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        NonFiniteWeight?[] found = new NonFiniteWeight?[checkpoint.Tensors.Count];
        TensorSweep.Run(checkpoint.Tensors, index => found[index] = FindFirst(checkpoint, checkpoint.Tensors[index], cancellationToken), cancellationToken);
        return found.FirstOrDefault(weight => weight is not null);
    }

    /// <summary>The first weight of a tensor that is not finite, or null when all are finite or the format cannot hold such a value.</summary>
    public static NonFiniteWeight? FindFirst(Checkpoint checkpoint, TensorInfo tensor, CancellationToken cancellationToken = default)
    {
        for (long offset = 0; offset < tensor.Length; offset += PieceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> piece = checkpoint.ReadRange(tensor, offset, (int)Math.Min(PieceBytes, tensor.Length - offset));
            int index = tensor.Format switch
            {
                NumberFormat.BFloat16 => IndexOfExponent<ushort>(piece, 0x7F80),
                NumberFormat.Float16 => IndexOfExponent<ushort>(piece, 0x7C00),
                NumberFormat.Float32 => IndexOfExponent<uint>(piece, 0x7F800000),
                NumberFormat.Float64 => IndexOfExponent<ulong>(piece, 0x7FF0000000000000),
                _ => -1,
            };
            if (index >= 0)
                return Found(tensor, (offset / tensor.ElementSize) + index, piece.Slice(index * tensor.ElementSize, tensor.ElementSize));
            checkpoint.ReleaseRange(tensor, offset, piece.Length);
        }

        return null;
    }

    private static int IndexOfExponent<T>(ReadOnlySpan<byte> piece, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref byte start = ref MemoryMarshal.GetReference(piece);
        int size = Unsafe.SizeOf<T>();
        int count = piece.Length / size;
        Vector256<T> masks = Vector256.Create(mask);
        int index = 0;
        for (; index <= count - Vector256<T>.Count; index += Vector256<T>.Count)
        {
            Vector256<T> bits = Unsafe.ReadUnaligned<Vector256<T>>(ref Unsafe.Add(ref start, (nint)index * size));
            if (Vector256.EqualsAny(bits & masks, masks))
                break;
        }

        for (; index < count; index++)
        {
            if ((Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref start, (nint)index * size)) & mask) == mask)
                return index;
        }

        return -1;
    }

    private static NonFiniteWeight Found(TensorInfo tensor, long position, ReadOnlySpan<byte> element)
    {
        double value = tensor.Format switch
        {
            NumberFormat.Float64 => MemoryMarshal.Read<double>(element),
            _ => Single(tensor.Format, element),
        };
        var index = new long[tensor.Shape.Length];
        for (int axis = index.Length - 1; axis >= 0; axis--)
            (position, index[axis]) = Math.DivRem(position, tensor.Shape[axis]);
        return new NonFiniteWeight(tensor, [.. index], value);
    }

    private static float Single(NumberFormat format, ReadOnlySpan<byte> element)
    {
        Span<float> value = stackalloc float[1];
        Widening.ToSingles(format, element, value);
        return value[0];
    }
}
