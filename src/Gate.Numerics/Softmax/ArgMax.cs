using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.Softmax;

/// <summary>The index of the largest value.</summary>
/// <param name="Index">Lowest index that holds the largest number, −1 when there is none.</param>
/// <param name="HasNaN">Whether a NaN was met: it never wins, but the row is not to be trusted.</param>
public readonly record struct ArgMaxResult(int Index, bool HasNaN);

/// <summary>Selection of the largest value with ties to the lower index.</summary>
public static class ArgMax
{
    private const int Lanes = 16;

    /// <summary>Finds the largest value.</summary>
    /// <param name="values">Any values.</param>
    public static ArgMaxResult Find(ReadOnlySpan<float> values)
    {
        (float max, bool hasNaN) = Largest(values);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == max)
                return new ArgMaxResult(i, hasNaN);
        }

        return new ArgMaxResult(-1, hasNaN);
    }

    /// <summary>The largest number (−∞ when there is none), and whether there is a NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (float Max, bool HasNaN) Largest(ReadOnlySpan<float> values)
    {
        float max = float.NegativeInfinity;
        bool hasNaN = false;
        int i = 0;
        if (Vector128.IsHardwareAccelerated && values.Length >= Lanes)
        {
            Vector512<float> maxima = Vector512.Create(max), isNumber = Vector512<float>.AllBitsSet;
            for (; i <= values.Length - Lanes; i += Lanes)
            {
                Vector512<float> value = Vector512.Create(values.Slice(i, Lanes));
                isNumber &= Vector512.Equals(value, value);
                maxima = Vector512.ConditionalSelect(Vector512.GreaterThan(value, maxima), value, maxima);
            }

            hasNaN = isNumber.AsUInt32() != Vector512<uint>.AllBitsSet;
            for (int lane = 0; lane < Lanes; lane++)
                max = Math.Max(max, maxima[lane]);
        }

        for (; i < values.Length; i++)
        {
            hasNaN |= float.IsNaN(values[i]);
            max = values[i] > max ? values[i] : max;
        }

        return (max, hasNaN);
    }
}
