namespace Gate.Numerics.Activations;

/// <summary>The gated activation of GPT-OSS (OpenAI, 2025): with gate g and up u cut at a limit, g · sigmoid(1.702 · g) · (u + 1).</summary>
public static class ClampedSwiGlu
{
    private const float Limit = 7;

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
            Span<float> result = destination.Slice(row * width, width);
            for (int i = 0; i < width; i++)
            {
                float gate = Math.Min(pair[i], Limit), up = Math.Clamp(pair[width + i], -Limit, Limit);
                result[i] = QuickGelu.Evaluate(gate) * (up + 1);
            }
        }
    }
}
