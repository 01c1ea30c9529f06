using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Adds the partial sums of a register block to the outputs.</summary>
internal static unsafe class ProductTile
{
    private const int Lanes = 16;

    /// <summary>
    /// The first block of inputs is stored, each later one added, and after the last one the bias is added; tokens and outputs that are only
    /// padding are left out.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Merge(ProductCall call, float* tile, int group, int panel, bool isFirst, bool isLast)
    {
        PanelLayout layout = call.Layout;
        int width = layout.WidthOf(panel), firstRow = layout.FirstRowOf(panel), rows = Math.Min(width, layout.Rows - firstRow);
        int tokens = call.Groups.TokensOf(group);
        float* bias = isLast && call.Bias != null ? call.Bias + firstRow : null;
        float* y = call.Outputs + ((long)group * TokenGroups.FullWidth * layout.Rows) + firstRow;
        for (int token = 0; token < tokens; token++, y += layout.Rows, tile += width)
        {
            if (isFirst && bias == null)
                new ReadOnlySpan<float>(tile, rows).CopyTo(new Span<float>(y, rows));
            else
                MergeRow(tile, rows, y, bias, isFirst);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MergeRow(float* sums, int rows, float* y, float* bias, bool isFirst)
    {
        int row = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; row <= rows - Lanes; row += Lanes)
            {
                Vector512<float> sum = Vector512.Load(sums + row);
                if (!isFirst)
                    sum = Vector512.Load(y + row) + sum;
                if (bias != null)
                    sum += Vector512.Load(bias + row);
                sum.Store(y + row);
            }
        }

        for (; row < rows; row++)
        {
            float sum = isFirst ? sums[row] : y[row] + sums[row];
            y[row] = bias != null ? sum + bias[row] : sum;
        }
    }
}
