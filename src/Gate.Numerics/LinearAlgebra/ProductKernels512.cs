using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// The register blocks of the product for 512-bit vectors: tile[t, r] = Σₖ x[t, k]·w[r, k] over one block of inputs, a chain of fused
/// multiply-adds over k for each element, lanes over outputs. Every block computes each element the same way, so a token's bits do not depend on
/// how many others it travels with.
/// </summary>
/// <remarks>
/// <c>x</c> holds the tokens of the group side by side for each input, <c>panel</c> the outputs side by side for each input; <c>tile</c> is
/// [tokens, outputs]. Eight tokens × 48 outputs keep 24 sums, 3 weights and 1 broadcast in the 32 registers: 24 fused multiply-adds for 11 loads.
/// The blocks are compiled with full optimisation at once: unoptimised they are a hundred times slower, and a short run would spend its time in
/// them before the runtime notices.
/// </remarks>
internal static unsafe class ProductKernels512
{
    /// <summary>Eight tokens, a full panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens8Outputs48<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default, s01 = default, s02 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default;
        Vector512<float> s40 = default, s41 = default, s42 = default;
        Vector512<float> s50 = default, s51 = default, s52 = default;
        Vector512<float> s60 = default, s61 = default, s62 = default;
        Vector512<float> s70 = default, s71 = default, s72 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> w1 = TFormat.Load(panel + (16 * TFormat.Size));
            Vector512<float> w2 = TFormat.Load(panel + (32 * TFormat.Size));
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector512.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector512.FusedMultiplyAdd(x0, w2, s02);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            s11 = Vector512.FusedMultiplyAdd(x1, w1, s11);
            s12 = Vector512.FusedMultiplyAdd(x1, w2, s12);
            Vector512<float> x2 = Vector512.Create(x[2]);
            s20 = Vector512.FusedMultiplyAdd(x2, w0, s20);
            s21 = Vector512.FusedMultiplyAdd(x2, w1, s21);
            s22 = Vector512.FusedMultiplyAdd(x2, w2, s22);
            Vector512<float> x3 = Vector512.Create(x[3]);
            s30 = Vector512.FusedMultiplyAdd(x3, w0, s30);
            s31 = Vector512.FusedMultiplyAdd(x3, w1, s31);
            s32 = Vector512.FusedMultiplyAdd(x3, w2, s32);
            Vector512<float> x4 = Vector512.Create(x[4]);
            s40 = Vector512.FusedMultiplyAdd(x4, w0, s40);
            s41 = Vector512.FusedMultiplyAdd(x4, w1, s41);
            s42 = Vector512.FusedMultiplyAdd(x4, w2, s42);
            Vector512<float> x5 = Vector512.Create(x[5]);
            s50 = Vector512.FusedMultiplyAdd(x5, w0, s50);
            s51 = Vector512.FusedMultiplyAdd(x5, w1, s51);
            s52 = Vector512.FusedMultiplyAdd(x5, w2, s52);
            Vector512<float> x6 = Vector512.Create(x[6]);
            s60 = Vector512.FusedMultiplyAdd(x6, w0, s60);
            s61 = Vector512.FusedMultiplyAdd(x6, w1, s61);
            s62 = Vector512.FusedMultiplyAdd(x6, w2, s62);
            Vector512<float> x7 = Vector512.Create(x[7]);
            s70 = Vector512.FusedMultiplyAdd(x7, w0, s70);
            s71 = Vector512.FusedMultiplyAdd(x7, w1, s71);
            s72 = Vector512.FusedMultiplyAdd(x7, w2, s72);
            x += 8;
            panel += 48 * TFormat.Size;
        }

        s00.Store(tile);
        s01.Store(tile + 16);
        s02.Store(tile + 32);
        s10.Store(tile + 48);
        s11.Store(tile + 64);
        s12.Store(tile + 80);
        s20.Store(tile + 96);
        s21.Store(tile + 112);
        s22.Store(tile + 128);
        s30.Store(tile + 144);
        s31.Store(tile + 160);
        s32.Store(tile + 176);
        s40.Store(tile + 192);
        s41.Store(tile + 208);
        s42.Store(tile + 224);
        s50.Store(tile + 240);
        s51.Store(tile + 256);
        s52.Store(tile + 272);
        s60.Store(tile + 288);
        s61.Store(tile + 304);
        s62.Store(tile + 320);
        s70.Store(tile + 336);
        s71.Store(tile + 352);
        s72.Store(tile + 368);
    }

    /// <summary>Four tokens, a full panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens4Outputs48<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default, s01 = default, s02 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> w1 = TFormat.Load(panel + (16 * TFormat.Size));
            Vector512<float> w2 = TFormat.Load(panel + (32 * TFormat.Size));
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector512.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector512.FusedMultiplyAdd(x0, w2, s02);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            s11 = Vector512.FusedMultiplyAdd(x1, w1, s11);
            s12 = Vector512.FusedMultiplyAdd(x1, w2, s12);
            Vector512<float> x2 = Vector512.Create(x[2]);
            s20 = Vector512.FusedMultiplyAdd(x2, w0, s20);
            s21 = Vector512.FusedMultiplyAdd(x2, w1, s21);
            s22 = Vector512.FusedMultiplyAdd(x2, w2, s22);
            Vector512<float> x3 = Vector512.Create(x[3]);
            s30 = Vector512.FusedMultiplyAdd(x3, w0, s30);
            s31 = Vector512.FusedMultiplyAdd(x3, w1, s31);
            s32 = Vector512.FusedMultiplyAdd(x3, w2, s32);
            x += 4;
            panel += 48 * TFormat.Size;
        }

        s00.Store(tile);
        s01.Store(tile + 16);
        s02.Store(tile + 32);
        s10.Store(tile + 48);
        s11.Store(tile + 64);
        s12.Store(tile + 80);
        s20.Store(tile + 96);
        s21.Store(tile + 112);
        s22.Store(tile + 128);
        s30.Store(tile + 144);
        s31.Store(tile + 160);
        s32.Store(tile + 176);
    }

    /// <summary>Two tokens, a full panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens2Outputs48<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default, s01 = default, s02 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> w1 = TFormat.Load(panel + (16 * TFormat.Size));
            Vector512<float> w2 = TFormat.Load(panel + (32 * TFormat.Size));
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector512.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector512.FusedMultiplyAdd(x0, w2, s02);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            s11 = Vector512.FusedMultiplyAdd(x1, w1, s11);
            s12 = Vector512.FusedMultiplyAdd(x1, w2, s12);
            x += 2;
            panel += 48 * TFormat.Size;
        }

        s00.Store(tile);
        s01.Store(tile + 16);
        s02.Store(tile + 32);
        s10.Store(tile + 48);
        s11.Store(tile + 64);
        s12.Store(tile + 80);
    }

    /// <summary>One token, a full panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens1Outputs48<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default, s01 = default, s02 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> w1 = TFormat.Load(panel + (16 * TFormat.Size));
            Vector512<float> w2 = TFormat.Load(panel + (32 * TFormat.Size));
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            s01 = Vector512.FusedMultiplyAdd(x0, w1, s01);
            s02 = Vector512.FusedMultiplyAdd(x0, w2, s02);
            x += 1;
            panel += 48 * TFormat.Size;
        }

        s00.Store(tile);
        s01.Store(tile + 16);
        s02.Store(tile + 32);
    }

    /// <summary>Eight tokens, a panel at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens8Outputs16<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default;
        Vector512<float> s10 = default;
        Vector512<float> s20 = default;
        Vector512<float> s30 = default;
        Vector512<float> s40 = default;
        Vector512<float> s50 = default;
        Vector512<float> s60 = default;
        Vector512<float> s70 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            Vector512<float> x2 = Vector512.Create(x[2]);
            s20 = Vector512.FusedMultiplyAdd(x2, w0, s20);
            Vector512<float> x3 = Vector512.Create(x[3]);
            s30 = Vector512.FusedMultiplyAdd(x3, w0, s30);
            Vector512<float> x4 = Vector512.Create(x[4]);
            s40 = Vector512.FusedMultiplyAdd(x4, w0, s40);
            Vector512<float> x5 = Vector512.Create(x[5]);
            s50 = Vector512.FusedMultiplyAdd(x5, w0, s50);
            Vector512<float> x6 = Vector512.Create(x[6]);
            s60 = Vector512.FusedMultiplyAdd(x6, w0, s60);
            Vector512<float> x7 = Vector512.Create(x[7]);
            s70 = Vector512.FusedMultiplyAdd(x7, w0, s70);
            x += 8;
            panel += 16 * TFormat.Size;
        }

        s00.Store(tile);
        s10.Store(tile + 16);
        s20.Store(tile + 32);
        s30.Store(tile + 48);
        s40.Store(tile + 64);
        s50.Store(tile + 80);
        s60.Store(tile + 96);
        s70.Store(tile + 112);
    }

    /// <summary>Four tokens, a panel at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens4Outputs16<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default;
        Vector512<float> s10 = default;
        Vector512<float> s20 = default;
        Vector512<float> s30 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            Vector512<float> x2 = Vector512.Create(x[2]);
            s20 = Vector512.FusedMultiplyAdd(x2, w0, s20);
            Vector512<float> x3 = Vector512.Create(x[3]);
            s30 = Vector512.FusedMultiplyAdd(x3, w0, s30);
            x += 4;
            panel += 16 * TFormat.Size;
        }

        s00.Store(tile);
        s10.Store(tile + 16);
        s20.Store(tile + 32);
        s30.Store(tile + 48);
    }

    /// <summary>Two tokens, a panel at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens2Outputs16<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default;
        Vector512<float> s10 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            Vector512<float> x1 = Vector512.Create(x[1]);
            s10 = Vector512.FusedMultiplyAdd(x1, w0, s10);
            x += 2;
            panel += 16 * TFormat.Size;
        }

        s00.Store(tile);
        s10.Store(tile + 16);
    }

    /// <summary>One token, a panel at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tokens1Outputs16<TFormat>(float* x, byte* panel, int depth, float* tile)
        where TFormat : struct, IPanelFormat
    {
        Vector512<float> s00 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<float> w0 = TFormat.Load(panel);
            Vector512<float> x0 = Vector512.Create(x[0]);
            s00 = Vector512.FusedMultiplyAdd(x0, w0, s00);
            x += 1;
            panel += 16 * TFormat.Size;
        }

        s00.Store(tile);
    }
}
