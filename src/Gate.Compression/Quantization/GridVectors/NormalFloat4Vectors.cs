using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>The 16 values of NF4: the code is the number of bounds below the ratio.</summary>
internal readonly struct NormalFloat4Vectors : IElementVectors
{
    private static readonly Vector512<float> Values = Vector512.Create(NormalFloat4.Values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Encode(Vector512<float> ratios)
    {
        Vector512<int> code = default;
        foreach (float bound in NormalFloat4.Bounds)
            code -= Vector512.GreaterThan(ratios, Vector512.Create(bound)).AsInt32();
        return code;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Element(Vector512<int> codes) => Vector512.Shuffle(Values, codes);
}
