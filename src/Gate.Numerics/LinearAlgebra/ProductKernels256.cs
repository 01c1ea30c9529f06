using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// The register blocks for 256-bit vectors: four tokens × 24 outputs keep 12 sums, 3 weights and 1 broadcast in 16 registers. Each element is the
/// same chain of fused multiply-adds as in <see cref="ProductKernels512"/>.
/// </summary>
internal static unsafe class ProductKernels256
{
    /// <summary>tile[t, r] = Σₖ x[k, t]·panel[k, r] over <paramref name="depth"/> inputs.</summary>
    /// <param name="x">[depth, tokens].</param>
    /// <param name="tokens">8, 4, 2 or 1.</param>
    /// <param name="panel">[depth, width].</param>
    /// <param name="width">48 or 16.</param>
    /// <param name="depth">Inputs.</param>
    /// <param name="tile">[tokens, width].</param>
    public static void Compute(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        int step = width == PanelLayout.FullWidth ? 24 : 16;
        for (int output = 0; output < width; output += step)
        {
            for (int token = 0; token < tokens;)
            {
                float* sums = tile + (token * width) + output;
                bool isFour = tokens - token >= 4;
                if (isFour && step == 24)
                    Tokens4Outputs24(x + token, tokens, panel + output, width, depth, sums);
                else if (isFour)
                    Tokens4Outputs16(x + token, tokens, panel + output, width, depth, sums);
                else if (step == 24)
                    Tokens1Outputs24(x + token, tokens, panel + output, width, depth, sums);
                else
                    Tokens1Outputs16(x + token, tokens, panel + output, width, depth, sums);
                token += isFour ? 4 : 1;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens4Outputs24(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        Vector256<float> s00 = default, s01 = default, s02 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default;
        Vector256<float> s30 = default, s31 = default, s32 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> w0 = Vector256.Load(panel);
            Vector256<float> w1 = Vector256.Load(panel + 8);
            Vector256<float> w2 = Vector256.Load(panel + 16);
            Vector256<float> x0 = Vector256.Create(x[0]);
            s00 = Vector256.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector256.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector256.FusedMultiplyAdd(x0, w2, s02);
            Vector256<float> x1 = Vector256.Create(x[1]);
            s10 = Vector256.FusedMultiplyAdd(x1, w0, s10);
            s11 = Vector256.FusedMultiplyAdd(x1, w1, s11);
            s12 = Vector256.FusedMultiplyAdd(x1, w2, s12);
            Vector256<float> x2 = Vector256.Create(x[2]);
            s20 = Vector256.FusedMultiplyAdd(x2, w0, s20);
            s21 = Vector256.FusedMultiplyAdd(x2, w1, s21);
            s22 = Vector256.FusedMultiplyAdd(x2, w2, s22);
            Vector256<float> x3 = Vector256.Create(x[3]);
            s30 = Vector256.FusedMultiplyAdd(x3, w0, s30);
            s31 = Vector256.FusedMultiplyAdd(x3, w1, s31);
            s32 = Vector256.FusedMultiplyAdd(x3, w2, s32);
            x += tokens;
            panel += width;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        s02.Store(tile + 16);
        tile += width;
        s10.Store(tile);
        s11.Store(tile + 8);
        s12.Store(tile + 16);
        tile += width;
        s20.Store(tile);
        s21.Store(tile + 8);
        s22.Store(tile + 16);
        tile += width;
        s30.Store(tile);
        s31.Store(tile + 8);
        s32.Store(tile + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens4Outputs16(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        Vector256<float> s00 = default, s01 = default;
        Vector256<float> s10 = default, s11 = default;
        Vector256<float> s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> w0 = Vector256.Load(panel);
            Vector256<float> w1 = Vector256.Load(panel + 8);
            Vector256<float> x0 = Vector256.Create(x[0]);
            s00 = Vector256.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector256.FusedMultiplyAdd(x0, w1, s01);
            Vector256<float> x1 = Vector256.Create(x[1]);
            s10 = Vector256.FusedMultiplyAdd(x1, w0, s10);
            s11 = Vector256.FusedMultiplyAdd(x1, w1, s11);
            Vector256<float> x2 = Vector256.Create(x[2]);
            s20 = Vector256.FusedMultiplyAdd(x2, w0, s20);
            s21 = Vector256.FusedMultiplyAdd(x2, w1, s21);
            Vector256<float> x3 = Vector256.Create(x[3]);
            s30 = Vector256.FusedMultiplyAdd(x3, w0, s30);
            s31 = Vector256.FusedMultiplyAdd(x3, w1, s31);
            x += tokens;
            panel += width;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        tile += width;
        s10.Store(tile);
        s11.Store(tile + 8);
        tile += width;
        s20.Store(tile);
        s21.Store(tile + 8);
        tile += width;
        s30.Store(tile);
        s31.Store(tile + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens1Outputs24(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        Vector256<float> s00 = default, s01 = default, s02 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> w0 = Vector256.Load(panel);
            Vector256<float> w1 = Vector256.Load(panel + 8);
            Vector256<float> w2 = Vector256.Load(panel + 16);
            Vector256<float> x0 = Vector256.Create(x[0]);
            s00 = Vector256.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector256.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector256.FusedMultiplyAdd(x0, w2, s02);
            x += tokens;
            panel += width;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        s02.Store(tile + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens1Outputs16(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        Vector256<float> s00 = default, s01 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector256<float> w0 = Vector256.Load(panel);
            Vector256<float> w1 = Vector256.Load(panel + 8);
            Vector256<float> x0 = Vector256.Create(x[0]);
            s00 = Vector256.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector256.FusedMultiplyAdd(x0, w1, s01);
            x += tokens;
            panel += width;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
    }
}
