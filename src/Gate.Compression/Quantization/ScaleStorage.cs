using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Quantization;

/// <summary>In which precision the grids of a layer will be stored, so that the grids that are fitted are the grids that ship.</summary>
/// <param name="Format">Element format of scales: Float16 or BFloat16.</param>
/// <param name="WithMinimum">Whether asymmetric grids are stored as a scale and a binary16 minimum instead of a zero code.</param>
internal readonly record struct ScaleStorage(NumberFormat Format, bool WithMinimum = false)
{
    /// <summary>binary16 scales and zero codes.</summary>
    public static ScaleStorage Half { get; } = new(NumberFormat.Float16);
}
