using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.Attention;

/// <summary>Adds weighted values to a result: one chain of fused multiply-adds over the positions for each element.</summary>
internal static unsafe class WeightedValues
{
    private const int Lanes = 16;
    private const int LanesAtOnce = 4 * Lanes;

    /// <summary>destination[i] += Σⱼ weights[j]·values[j·stride + i], positions in rising order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, int count, float* values, int stride, int dimension, float* destination)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= dimension - LanesAtOnce; i += LanesAtOnce)
                FourVectors(weights, count, values + i, stride, destination + i);
            for (; i <= dimension - Lanes; i += Lanes)
                OneVector(weights, count, values + i, stride, destination + i);
        }

        for (; i < dimension; i++)
        {
            float sum = destination[i];
            for (int j = 0; j < count; j++)
                sum = MathF.FusedMultiplyAdd(weights[j], values[((long)j * stride) + i], sum);
            destination[i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourVectors(float* weights, int count, float* values, int stride, float* destination)
    {
        Vector512<float> s0 = Vector512.Load(destination), s1 = Vector512.Load(destination + Lanes);
        Vector512<float> s2 = Vector512.Load(destination + (2 * Lanes)), s3 = Vector512.Load(destination + (3 * Lanes));
        for (int j = 0; j < count; j++, values += stride)
        {
            Vector512<float> weight = Vector512.Create(weights[j]);
            s0 = Vector512.FusedMultiplyAdd(weight, Vector512.Load(values), s0);
            s1 = Vector512.FusedMultiplyAdd(weight, Vector512.Load(values + Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(weight, Vector512.Load(values + (2 * Lanes)), s2);
            s3 = Vector512.FusedMultiplyAdd(weight, Vector512.Load(values + (3 * Lanes)), s3);
        }

        s0.Store(destination);
        s1.Store(destination + Lanes);
        s2.Store(destination + (2 * Lanes));
        s3.Store(destination + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneVector(float* weights, int count, float* values, int stride, float* destination)
    {
        Vector512<float> sum = Vector512.Load(destination);
        for (int j = 0; j < count; j++, values += stride)
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j]), Vector512.Load(values), sum);
        sum.Store(destination);
    }
}
