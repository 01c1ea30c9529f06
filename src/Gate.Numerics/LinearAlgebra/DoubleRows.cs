using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Operations on binary64 rows whose bits do not depend on the width of the vectors.</summary>
internal static unsafe class DoubleRows
{
    private const int Lanes = 8;

    /// <summary>Σ x[i]·y[i]: eight lanes of fused multiply-add, folded as in <see cref="LaneSum"/>, the rest fused one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(double* x, double* y, int length)
    {
        Vector512<double> lanes = default;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
            lanes = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), lanes);
        double sum = LaneSum.Fold(lanes);
        for (; i < length; i++)
            sum = Math.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }

    /// <summary>Σ w[i]·x[i]², in the order of <see cref="Dot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double WeightedSquares(double* w, double* x, int length)
    {
        Vector512<double> lanes = default;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            Vector512<double> v = Vector512.Load(x + i);
            lanes = Vector512.FusedMultiplyAdd(Vector512.Load(w + i) * v, v, lanes);
        }

        double sum = LaneSum.Fold(lanes);
        for (; i < length; i++)
            sum = Math.FusedMultiplyAdd(w[i] * x[i], x[i], sum);
        return sum;
    }

    /// <summary>destination[i] += factor·x[i], fused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, double* x, double* destination, int length)
    {
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Vector512.FusedMultiplyAdd(Vector512.Create(factor), Vector512.Load(x + i), Vector512.Load(destination + i)).Store(destination + i);
        for (; i < length; i++)
            destination[i] = Math.FusedMultiplyAdd(factor, x[i], destination[i]);
    }
}
