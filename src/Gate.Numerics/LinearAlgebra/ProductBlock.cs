using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Chooses the register block for a group of tokens, a panel and the machine; all of them give the same bits.</summary>
/// <typeparam name="TFormat">Element format of the panel.</typeparam>
internal static unsafe class ProductBlock<TFormat>
    where TFormat : struct, IPanelFormat
{
    /// <summary>tile[t, r] = Σₖ x[k, t]·panel[k, r] over <paramref name="depth"/> inputs; binary32 panels only without 512-bit vectors.</summary>
    public static void Compute(float* x, int tokens, byte* panel, int width, int depth, float* tile)
    {
        if (Vector512.IsHardwareAccelerated)
            Compute512(x, tokens, panel, width, depth, tile);
        else if (Vector128.IsHardwareAccelerated)
            ProductKernels256.Compute(x, tokens, (float*)panel, width, depth, tile);
        else
            ProductKernelsScalar.Compute(x, tokens, (float*)panel, width, depth, tile);
    }

    private static void Compute512(float* x, int tokens, byte* panel, int width, int depth, float* tile)
    {
        switch ((tokens, width))
        {
            case (8, PanelLayout.FullWidth):
                ProductKernels512.Tokens8Outputs48<TFormat>(x, panel, depth, tile);
                break;
            case (4, PanelLayout.FullWidth):
                ProductKernels512.Tokens4Outputs48<TFormat>(x, panel, depth, tile);
                break;
            case (2, PanelLayout.FullWidth):
                ProductKernels512.Tokens2Outputs48<TFormat>(x, panel, depth, tile);
                break;
            case (1, PanelLayout.FullWidth):
                ProductKernels512.Tokens1Outputs48<TFormat>(x, panel, depth, tile);
                break;
            case (8, PanelLayout.TailWidth):
                ProductKernels512.Tokens8Outputs16<TFormat>(x, panel, depth, tile);
                break;
            case (4, PanelLayout.TailWidth):
                ProductKernels512.Tokens4Outputs16<TFormat>(x, panel, depth, tile);
                break;
            case (2, PanelLayout.TailWidth):
                ProductKernels512.Tokens2Outputs16<TFormat>(x, panel, depth, tile);
                break;
            default:
                ProductKernels512.Tokens1Outputs16<TFormat>(x, panel, depth, tile);
                break;
        }
    }
}
