using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Eight binary32 values as binary64, exactly.</summary>
internal static class WideLanes
{
    /// <summary>Loads and widens.</summary>
    /// <param name="values">First of the values.</param>
    /// <param name="index">How many of them come before the eight.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(ref float values, int index) => Of(Vector256.LoadUnsafe(ref values, (nuint)index));

    /// <summary>Widens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Of(Vector256<float> eight) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(eight)
        : Vector512.Create(Vector256.WidenLower(eight), Vector256.WidenUpper(eight));
}
