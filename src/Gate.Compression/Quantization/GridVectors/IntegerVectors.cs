using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>Evenly spaced integers.</summary>
internal readonly struct IntegerVectors(QuantizationGrid grid) : IElementVectors
{
    private readonly Vector512<float> _zero = Vector512.Create((float)grid.Zero);
    private readonly Vector512<float> _low = Vector512.Create((float)grid.Low);
    private readonly Vector512<float> _high = Vector512.Create((float)grid.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> ratios) =>
        Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.Round(ratios) + _zero, _low), _high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Element(Vector512<int> codes) => Vector512.ConvertToSingle(codes) - _zero;
}
