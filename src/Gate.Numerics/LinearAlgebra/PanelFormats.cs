using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>How sixteen neighbouring elements of a panel become binary32.</summary>
internal unsafe interface IPanelFormat
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen elements, widened exactly.</summary>
    static abstract Vector512<float> Load(byte* elements);
}

/// <summary>binary32 panels.</summary>
internal readonly unsafe struct Float32Panel : IPanelFormat
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* elements) => Vector512.Load((float*)elements);
}

/// <summary>bfloat16 panels.</summary>
internal readonly unsafe struct BFloat16Panel : IPanelFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* elements) => BFloat16Conversion.WidenVector(Vector256.Load((ushort*)elements));
}

/// <summary>binary16 panels.</summary>
internal readonly unsafe struct Float16Panel : IPanelFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* elements) => Float16Conversion.WidenVector(Vector256.Load((ushort*)elements));
}
