using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Attention;

/// <summary>Scaled dot products of one query with consecutive keys; each has the bits of scale · <see cref="DotProduct"/>.</summary>
internal static unsafe class AttentionScores
{
    private const int KeysAtOnce = 16;

    /// <summary>scores[j] = scale · Σ query[i]·keys[j·stride + i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* query, int dimension, float* keys, int stride, int count, float scale, float* scores)
    {
        int j = 0;
        if (Avx512F.IsSupported && dimension % KeysAtOnce == 0)
        {
            for (; j <= count - KeysAtOnce; j += KeysAtOnce)
            {
                float* block = keys + ((long)j * stride);
                Vector512<float> sums = LaneSum16.FoldQuarters(
                    FourKeys(query, dimension, block, stride),
                    FourKeys(query, dimension, block + stride, stride),
                    FourKeys(query, dimension, block + (2L * stride), stride),
                    FourKeys(query, dimension, block + (3L * stride), stride));
                (Vector512.Create(scale) * sums).Store(scores + j);
            }
        }

        for (; j < count; j++)
        {
            float* key = keys + ((long)j * stride);
            scores[j] = scale * (Vector128.IsHardwareAccelerated
                ? DotProduct.Dot(ref *query, ref *key, dimension)
                : DotProduct.DotScalar(new ReadOnlySpan<float>(query, dimension), new ReadOnlySpan<float>(key, dimension)));
        }
    }

    /// <summary>Keys 0, 4, 8 and 12 from <paramref name="key"/>, which is the order the second fold puts right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FourKeys(float* query, int dimension, float* key, int stride)
    {
        long step = 4L * stride;
        return LaneSum16.FoldToQuarters(
            DotProduct.LaneSums(ref *query, ref *key, dimension),
            DotProduct.LaneSums(ref *query, ref *(key + step), dimension),
            DotProduct.LaneSums(ref *query, ref *(key + (2 * step)), dimension),
            DotProduct.LaneSums(ref *query, ref *(key + (3 * step)), dimension));
    }
}
