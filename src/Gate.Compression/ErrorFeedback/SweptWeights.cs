using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Compression.Quantization;

namespace Gate.Compression.ErrorFeedback;

/// <summary>Weights on their way through a sweep, in binary64.</summary>
internal static class SweptWeights
{
    /// <summary>Widens weights, sets dead columns to 0 and puts columns in the factor's order.</summary>
    public static double[] From(ReadOnlySpan<float> weights, int rows, HessianFactor factor)
    {
        int columns = factor.Columns;
        double[] widened = new double[weights.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int position = 0; position < columns; position++)
            {
                int column = factor.Order?[position] ?? position;
                widened[row * columns + position] = factor.Dead[column] ? 0 : weights[row * columns + column];
            }
        }

        return widened;
    }

    /// <summary>The grid of weights in the middle of a sweep, fitted in binary32 like every other.</summary>
    public static QuantizationGrid Fit(ReadOnlySpan<double> weights, GridOptions options)
    {
        const int Longest = 1024;
        Span<float> narrowed = weights.Length <= Longest ? stackalloc float[weights.Length] : new float[weights.Length];
        Narrow(weights, narrowed);
        return QuantizationGrid.Fit(narrowed, options);
    }

    /// <summary>The nearest numbers in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(ReadOnlySpan<double> weights, Span<float> narrowed)
    {
        const int Lanes = 8;
        ArgumentOutOfRangeException.ThrowIfLessThan(narrowed.Length, weights.Length, nameof(narrowed));
        ref double from = ref MemoryMarshal.GetReference(weights);
        ref float to = ref MemoryMarshal.GetReference(narrowed);
        int i = 0;
        for (; i <= weights.Length - (2 * Lanes); i += 2 * Lanes)
            Vector512.Narrow(Vector512.LoadUnsafe(ref from, (nuint)i), Vector512.LoadUnsafe(ref from, (nuint)i + Lanes)).StoreUnsafe(ref to, (nuint)i);
        for (; i < weights.Length; i++)
            narrowed[i] = (float)weights[i];
    }
}
