using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>Evenly spaced integers; every lane may have a grid of its own.</summary>
/// <param name="zero">Codes of 0.</param>
/// <param name="low">Smallest codes in use.</param>
/// <param name="high">Largest codes in use.</param>
internal readonly struct IntegerVectors(Vector512<float> zero, Vector512<float> low, Vector512<float> high) : IElementVectors
{
    /// <summary>The same grid in all lanes.</summary>
    public IntegerVectors(QuantizationGrid grid)
        : this(Vector512.Create((float)grid.Zero), Vector512.Create((float)grid.Low), Vector512.Create((float)grid.High))
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> ratios) =>
        Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.Round(ratios) + zero, low), high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Element(Vector512<int> codes) => Vector512.ConvertToSingle(codes) - zero;
}
