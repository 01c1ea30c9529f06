using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Pruning;

/// <summary>What is done with a mask, true = pruned.</summary>
public static class PruningMask
{
    private const int Lanes = 16;

    /// <summary>Sets the pruned weights to +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<bool> mask, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));
        ref byte marks = ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(mask));
        ref float first = ref MemoryMarshal.GetReference(weights);
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
        {
            Vector512<int> kept = Vector512.Equals(ByteLanes.Load(ref marks, i), Vector512<int>.Zero);
            (Vector512.LoadUnsafe(ref first, (nuint)i) & kept.AsSingle()).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < weights.Length; i++)
        {
            if (mask[i])
                weights[i] = 0f;
        }
    }

    /// <summary>How many weights are pruned and zero; a pruned weight that was rounded with the others may have come back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long CountZeros(ReadOnlySpan<bool> mask, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));
        ref byte marks = ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(mask));
        ref float first = ref MemoryMarshal.GetReference(weights);
        long zeros = 0;
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
        {
            Vector512<int> here = Vector512.Equals(Vector512.LoadUnsafe(ref first, (nuint)i), Vector512<float>.Zero).AsInt32()
                & Vector512.GreaterThan(ByteLanes.Load(ref marks, i), Vector512<int>.Zero);
            zeros += BitOperations.PopCount(here.ExtractMostSignificantBits());
        }

        for (; i < weights.Length; i++)
            zeros += mask[i] && weights[i] == 0 ? 1 : 0;
        return zeros;
    }

    /// <summary>How many weights are pruned.</summary>
    public static long Count(ReadOnlySpan<bool> mask) => mask.Count(true);
}
