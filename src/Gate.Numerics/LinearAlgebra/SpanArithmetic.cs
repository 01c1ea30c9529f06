using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Element-wise arithmetic on runs of binary32 values, sixteen lanes at a time: the same bits as one by one.</summary>
public static class SpanArithmetic
{
    private const int Lanes = 16;

    /// <summary>destination[i] = values[i], at least −limit and at most limit.</summary>
    /// <param name="values">Values, no NaN among them.</param>
    /// <param name="limit">At least 0.</param>
    /// <param name="destination">As long; may be the same memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cut(ReadOnlySpan<float> values, float limit, Span<float> destination)
    {
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float to = ref MemoryMarshal.GetReference(destination);
        Vector512<float> low = Vector512.Create(-limit), high = Vector512.Create(limit);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            Vector512.MinNative(Vector512.MaxNative(Vector512.LoadUnsafe(ref from, (nuint)i), low), high).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = Math.Clamp(values[i], -limit, limit);
    }

    /// <summary>destination[i] = x[i] − y[i].</summary>
    /// <param name="x">Values.</param>
    /// <param name="y">As many.</param>
    /// <param name="destination">As long; may be the memory of either.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination)
    {
        LengthCheck.RequireEqual(x.Length, y.Length);
        LengthCheck.RequireRoom(x.Length, destination.Length);
        ref float left = ref MemoryMarshal.GetReference(x);
        ref float right = ref MemoryMarshal.GetReference(y);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
            (Vector512.LoadUnsafe(ref left, (nuint)i) - Vector512.LoadUnsafe(ref right, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < x.Length; i++)
            destination[i] = x[i] - y[i];
    }

    /// <summary>destination[i] = |values[i]|.</summary>
    /// <param name="values">Values.</param>
    /// <param name="destination">As long; may be the same memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Magnitudes(ReadOnlySpan<float> values, Span<float> destination)
    {
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            Vector512.Abs(Vector512.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = MathF.Abs(values[i]);
    }

    /// <summary>destination[i] = |values[i]| · factors[i].</summary>
    /// <param name="values">Values.</param>
    /// <param name="factors">As many.</param>
    /// <param name="destination">As long; may be the memory of either.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyMagnitudes(ReadOnlySpan<float> values, ReadOnlySpan<float> factors, Span<float> destination)
    {
        LengthCheck.RequireEqual(values.Length, factors.Length);
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float by = ref MemoryMarshal.GetReference(factors);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            (Vector512.Abs(Vector512.LoadUnsafe(ref from, (nuint)i)) * Vector512.LoadUnsafe(ref by, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = MathF.Abs(values[i]) * factors[i];
    }

    /// <summary>destination[i] = values[i] · others[i].</summary>
    /// <param name="values">Values.</param>
    /// <param name="others">As many.</param>
    /// <param name="destination">As long; may be the memory of either.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> values, ReadOnlySpan<float> others, Span<float> destination)
    {
        LengthCheck.RequireEqual(values.Length, others.Length);
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float by = ref MemoryMarshal.GetReference(others);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            (Vector512.LoadUnsafe(ref from, (nuint)i) * Vector512.LoadUnsafe(ref by, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = values[i] * others[i];
    }

    /// <summary>destination[i] = values[i] · other.</summary>
    /// <param name="values">Values.</param>
    /// <param name="other">For all of them.</param>
    /// <param name="destination">As long; may be the same memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> values, float other, Span<float> destination)
    {
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float to = ref MemoryMarshal.GetReference(destination);
        var by = Vector512.Create(other);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            (Vector512.LoadUnsafe(ref from, (nuint)i) * by).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = values[i] * other;
    }

    /// <summary>destination[i] = values[i] / others[i].</summary>
    /// <param name="values">Values.</param>
    /// <param name="others">As many.</param>
    /// <param name="destination">As long; may be the memory of either.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide(ReadOnlySpan<float> values, ReadOnlySpan<float> others, Span<float> destination)
    {
        LengthCheck.RequireEqual(values.Length, others.Length);
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float by = ref MemoryMarshal.GetReference(others);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            (Vector512.LoadUnsafe(ref from, (nuint)i) / Vector512.LoadUnsafe(ref by, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = values[i] / others[i];
    }

    /// <summary>destination[i] = values[i] / other.</summary>
    /// <param name="values">Values.</param>
    /// <param name="other">For all of them.</param>
    /// <param name="destination">As long; may be the same memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide(ReadOnlySpan<float> values, float other, Span<float> destination)
    {
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref float to = ref MemoryMarshal.GetReference(destination);
        var by = Vector512.Create(other);
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
            (Vector512.LoadUnsafe(ref from, (nuint)i) / by).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = values[i] / other;
    }

    /// <summary>destination[i] = values[i] in binary64, exactly.</summary>
    /// <param name="values">Values.</param>
    /// <param name="destination">At least as long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<float> values, Span<double> destination)
    {
        LengthCheck.RequireRoom(values.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref double to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= values.Length - (Lanes / 2); i += Lanes / 2)
            WideLanes.Load(ref from, i).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++)
            destination[i] = values[i];
    }
}
