using System.Runtime.Intrinsics;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>The elements of a kind of grid, sixteen at a time: the same codes and values as <see cref="QuantizationGrid.Encode(float)"/> and <see cref="QuantizationGrid.Element"/>.</summary>
internal interface IElementVectors
{
    /// <summary>Codes of the elements nearest to weights divided by their scale, 0 to 255.</summary>
    Vector512<int> Encode(Vector512<float> ratios);

    /// <summary>What codes stand for before the scale.</summary>
    Vector512<float> Element(Vector512<int> codes);
}
