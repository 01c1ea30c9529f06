using Gate.Numerics.LinearAlgebra;

namespace Gate.Numerics.Tests.LinearAlgebra;

/// <summary>The product written down as its definition says.</summary>
internal static class ScalarProduct
{
    public static float[] Multiply(float[] x, int tokens, float[] w, int rows, int columns, float[] bias)
    {
        float[] y = new float[tokens * rows];
        for (int t = 0; t < tokens; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                float total = 0;
                for (int first = 0; first < columns; first += PanelLayout.BlockDepth)
                {
                    float sum = 0;
                    for (int k = first; k < Math.Min(columns, first + PanelLayout.BlockDepth); k++)
                        sum = MathF.FusedMultiplyAdd(x[(t * columns) + k], w[(r * columns) + k], sum);
                    total = first == 0 ? sum : total + sum;
                }

                y[(t * rows) + r] = bias.Length == 0 ? total : total + bias[r];
            }
        }

        return y;
    }
}
