using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// One block of tokens on its way into H. XᵀX is a product whose inner dimension is the tokens, so the register blocks of
/// <see cref="MatrixProduct"/> serve it: columns of X in groups of eight on one side and in panels of 48 on the other.
/// </summary>
internal sealed unsafe class GramBlock
{
    private const int GroupsInPanel = PanelLayout.FullWidth / TokenGroups.FullWidth;

    private readonly float* x;
    private readonly int tokens;
    private readonly int columns;
    private readonly double* h;
    private readonly float* panels;
    private readonly float* groups;

    /// <summary>Prepares a block.</summary>
    /// <param name="x">[tokens, columns].</param>
    /// <param name="tokens">At most <see cref="GramMatrix.BlockTokens"/>.</param>
    /// <param name="columns">Width of H.</param>
    /// <param name="h">[columns, columns].</param>
    public GramBlock(float* x, int tokens, int columns, double* h)
    {
        this.x = x;
        this.tokens = tokens;
        this.columns = columns;
        this.h = h;
        Panels = (columns + PanelLayout.FullWidth - 1) / PanelLayout.FullWidth;
        long elements = (long)Panels * PanelLayout.FullWidth * tokens;
        panels = ThreadScratch.Tokens.Take(2 * elements);
        groups = panels + elements;
    }

    /// <summary>Panels of 48 columns, the last one filled up with zeros.</summary>
    public int Panels { get; }

    /// <summary>Copies the columns of one panel, side by side for each token, in both widths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int panel)
    {
        int first = panel * PanelLayout.FullWidth, real = Math.Min(PanelLayout.FullWidth, columns - first);
        float* wide = panels + ((long)first * tokens);
        for (int token = 0; token < tokens; token++)
        {
            var row = new Span<float>(wide + (token * PanelLayout.FullWidth), PanelLayout.FullWidth);
            new ReadOnlySpan<float>(x + ((long)token * columns) + first, real).CopyTo(row);
            row[real..].Clear();
            for (int group = 0; group < GroupsInPanel; group++)
            {
                float* narrow = groups + ((long)first * tokens) + (((long)group * tokens) + token) * TokenGroups.FullWidth;
                row.Slice(group * TokenGroups.FullWidth, TokenGroups.FullWidth).CopyTo(new Span<float>(narrow, TokenGroups.FullWidth));
            }
        }
    }

    /// <summary>Adds to the columns of one panel, from the first row to the diagonal.</summary>
    public void Accumulate(int panel)
    {
        int first = panel * PanelLayout.FullWidth, width = Math.Min(PanelLayout.FullWidth, columns - first);
        float* tile = stackalloc float[TokenGroups.FullWidth * PanelLayout.FullWidth];
        byte* weights = (byte*)(panels + ((long)first * tokens));
        for (int row = 0; row < first + width; row += TokenGroups.FullWidth)
        {
            float* group = groups + ((long)row * tokens);
            ProductBlock<Float32Panel>.Compute(group, TokenGroups.FullWidth, weights, PanelLayout.FullWidth, tokens, tile);
            for (int i = 0; i < Math.Min(TokenGroups.FullWidth, columns - row); i++)
                AddRow(tile + (i * PanelLayout.FullWidth), width, h + ((long)(row + i) * columns) + first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float* sums, int width, double* destination)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= width - 8; i += 8)
            {
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(sums + i));
                (Vector512.Load(destination + i) + Vector512.Create(low, high)).Store(destination + i);
            }
        }

        for (; i < width; i++)
            destination[i] += sums[i];
    }
}
