using Gate.Numerics.ElementaryFunctions;

namespace Gate.Numerics.Activations;

/// <summary>GeGLU with the exact GELU (Shazeer, 2020).</summary>
public static class GatedGelu
{
    /// <summary>destination[i] = Gelu(gate[i]) · up[i].</summary>
    /// <param name="gate">Arguments of the activation.</param>
    /// <param name="up">Factors, as many as <paramref name="gate"/>.</param>
    /// <param name="destination">At least as long; may be either input.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void Apply(ReadOnlySpan<float> gate, ReadOnlySpan<float> up, Span<float> destination) =>
        Elementwise.ApplyGated<Gelu>(gate, up, destination);

    /// <summary>Rows that hold the gate and the up part side by side, as one stacked product leaves them.</summary>
    /// <param name="gateAndUp">[rows, 2·width]: in each row first the gate, then the up part.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Width of each part.</param>
    /// <param name="destination">[rows, width], not overlapping the input.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void ApplyStacked(ReadOnlySpan<float> gateAndUp, int rows, int width, Span<float> destination)
    {
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> pair = gateAndUp.Slice(row * 2 * width, 2 * width);
            Apply(pair[..width], pair[width..], destination.Slice(row * width, width));
        }
    }
}
