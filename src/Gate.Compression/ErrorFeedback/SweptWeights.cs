using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Compression.Quantization;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.ErrorFeedback;

/// <summary>Weights on their way through a sweep, in binary64.</summary>
internal static class SweptWeights
{
    /// <summary>Widens weights, sets dead columns to 0 and puts columns in the factor's order.</summary>
    /// <param name="weights">Row-major.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="factor">Factor of the inputs' Hessian.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static double[] From(ReadOnlyMemory<float> weights, int rows, HessianFactor factor, ComputeThreads threads)
    {
        int columns = factor.Columns;
        int[] dead = [.. Enumerable.Range(0, columns).Where(position => factor.Dead[factor.Order?[position] ?? position])];
        double[] widened = new double[weights.Length];
        ParallelWork.Run(rows, threads, row =>
        {
            ReadOnlySpan<float> from = weights.Span.Slice(row * columns, columns);
            Span<double> to = widened.AsSpan(row * columns, columns);
            if (factor.Order is { } order)
                Gather(from, order, to);
            else
                SpanArithmetic.Widen(from, to);
            foreach (int position in dead)
                to[position] = 0;
        });
        return widened;
    }

    /// <summary>The nearest weights in binary32.</summary>
    /// <param name="weights">Row-major.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static float[] ToSingles(double[] weights, int columns, ComputeThreads threads)
    {
        float[] narrowed = new float[weights.Length];
        ParallelWork.Run(weights.Length / columns, threads, row => Narrow(weights.AsSpan(row * columns, columns), narrowed.AsSpan(row * columns, columns)));
        return narrowed;
    }

    /// <summary>The grid of weights in the middle of a sweep, fitted in binary32 like every other.</summary>
    public static QuantizationGrid Fit(ReadOnlySpan<double> weights, GridOptions options)
    {
        const int Longest = 1024;
        Span<float> narrowed = weights.Length <= Longest ? stackalloc float[weights.Length] : new float[weights.Length];
        Narrow(weights, narrowed);
        return QuantizationGrid.Fit(narrowed, options);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<double> weights, Span<float> narrowed)
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

    private static void Gather(ReadOnlySpan<float> weights, int[] order, Span<double> widened)
    {
        for (int position = 0; position < order.Length; position++)
            widened[position] = weights[order[position]];
    }
}
