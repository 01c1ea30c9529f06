using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// Folds several vectors at once in the order of <see cref="LaneSum"/>: with 512-bit shuffles, one addition serves two or more vectors. Only for
/// machines with <see cref="Avx512F"/>.
/// </summary>
internal static class LaneSum16
{
    /// <summary>First half for four vectors: each is reduced to four sums, one 128-bit lane for each vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FoldToQuarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<float> cd = Avx512F.Shuffle4x128(c, d, 0x44) + Avx512F.Shuffle4x128(c, d, 0xEE);
        return Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xDD);
    }

    /// <summary>
    /// Second half: element 4·lane + i of the result is the sum of 128-bit lane <c>lane</c> of argument i.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FoldQuarters(Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3)
    {
        Vector512<float> low = Avx512F.Shuffle(v0, v1, 0x44) + Avx512F.Shuffle(v0, v1, 0xEE);
        Vector512<float> high = Avx512F.Shuffle(v2, v3, 0x44) + Avx512F.Shuffle(v2, v3, 0xEE);
        return Avx512F.Shuffle(low, high, 0x88) + Avx512F.Shuffle(low, high, 0xDD);
    }
}
