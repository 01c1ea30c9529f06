namespace Gate.Numerics.LinearAlgebra;

/// <summary>Adds the partial sums of a register block to the outputs.</summary>
internal static unsafe class ProductTile
{
    /// <summary>
    /// The first block of inputs is stored, each later one added, and after the last one the bias is added; tokens and outputs that are only
    /// padding are left out.
    /// </summary>
    public static void Merge(ProductCall call, float* tile, int group, int panel, bool isFirst, bool isLast)
    {
        PanelLayout layout = call.Layout;
        int width = layout.WidthOf(panel), firstRow = layout.FirstRowOf(panel), rows = Math.Min(width, layout.Rows - firstRow);
        int tokens = call.Groups.TokensOf(group);
        for (int token = 0; token < tokens; token++)
        {
            var sums = new ReadOnlySpan<float>(tile + (token * width), rows);
            float* y = call.Outputs + (((long)(group * TokenGroups.FullWidth) + token) * layout.Rows) + firstRow;
            for (int row = 0; row < rows; row++)
            {
                float sum = isFirst ? sums[row] : y[row] + sums[row];
                y[row] = isLast && call.Bias != null ? sum + call.Bias[firstRow + row] : sum;
            }
        }
    }
}
