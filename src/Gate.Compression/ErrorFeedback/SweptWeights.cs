using Gate.Compression.Quantization;

namespace Gate.Compression.ErrorFeedback;

/// <summary>Weights on their way through a sweep, in binary64.</summary>
internal static class SweptWeights
{
    /// <summary>Widens weights, sets dead columns to 0 and puts columns in the factor's order.</summary>
    public static double[] From(ReadOnlySpan<float> weights, int rows, HessianFactor factor)
    {
        int columns = factor.Columns;
        double[] widened = new double[weights.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int position = 0; position < columns; position++)
            {
                int column = factor.Order?[position] ?? position;
                widened[row * columns + position] = factor.Dead[column] ? 0 : weights[row * columns + column];
            }
        }

        return widened;
    }

    /// <summary>The grid of weights in the middle of a sweep, fitted in binary32 like every other.</summary>
    public static QuantizationGrid Fit(ReadOnlySpan<double> weights, GridOptions options)
    {
        float[] narrowed = new float[weights.Length];
        for (int i = 0; i < narrowed.Length; i++)
            narrowed[i] = (float)weights[i];
        return QuantizationGrid.Fit(narrowed, options);
    }
}
