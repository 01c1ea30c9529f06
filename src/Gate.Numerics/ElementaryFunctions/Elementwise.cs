using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>Applies a function to every element of a span.</summary>
internal static class Elementwise
{
    private const int Lanes = 16;

    /// <summary>destination[i] = f(source[i]); the two may be the same memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TFunction>(ReadOnlySpan<float> source, Span<float> destination)
        where TFunction : struct, IElementwiseFunction
    {
        LengthCheck.RequireRoom(source.Length, destination.Length);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= source.Length - Lanes; i += Lanes)
                TFunction.Evaluate(Vector512.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < source.Length; i++)
            destination[i] = TFunction.Evaluate(source[i]);
    }

    /// <summary>destination[i] = f(gate[i]) · up[i]; the destination may be either input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyGated<TFunction>(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> destination)
        where TFunction : struct, IElementwiseFunction
    {
        LengthCheck.RequireEqual(gate.Length, up.Length);
        LengthCheck.RequireRoom(gate.Length, destination.Length);
        ref float left = ref MemoryMarshal.GetReference(gate);
        ref float right = ref MemoryMarshal.GetReference(up);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= gate.Length - Lanes; i += Lanes)
            {
                Vector512<float> activated = TFunction.Evaluate(Vector512.LoadUnsafe(ref left, (nuint)i));
                (activated * Vector512.LoadUnsafe(ref right, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < gate.Length; i++)
            destination[i] = TFunction.Evaluate(gate[i]) * up[i];
    }
}
