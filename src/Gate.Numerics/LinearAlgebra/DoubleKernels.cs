using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// The register block of the binary64 product: tile[i, j] = Σₖ a[k, i]·b[k, j], a chain of fused multiply-adds over k for each element, lanes over
/// j: the same bits in every form.
/// </summary>
internal static unsafe class DoubleKernels
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a tile: three 512-bit vectors, so that 24 sums stay in registers.</summary>
    public const int Columns = 24;

    /// <summary>Computes one tile.</summary>
    /// <param name="a">[depth, 8].</param>
    /// <param name="b">[depth, 24].</param>
    /// <param name="depth">Inner dimension.</param>
    /// <param name="tile">[8, 24].</param>
    public static void Compute(double* a, double* b, int depth, double* tile)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows8Columns24(a, b, depth, tile);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (int half = 0; half < 2; half++)
            {
                Rows4Columns12(a + (4 * half), b, depth, tile + (4 * half * Columns));
                Rows4Columns12(a + (4 * half), b + 12, depth, tile + (4 * half * Columns) + 12);
            }
        }
        else
        {
            Scalar(a, b, depth, tile);
        }
    }

    /// <summary>The scalar twin.</summary>
    internal static void Scalar(double* a, double* b, int depth, double* tile)
    {
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < depth; k++)
                    sum = Math.FusedMultiplyAdd(a[(k * Rows) + i], b[(k * Columns) + j], sum);
                tile[(i * Columns) + j] = sum;
            }
        }
    }

    /// <summary>512-bit vectors: 24 sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows8Columns24(double* a, double* b, int depth, double* tile)
    {
        Vector512<double> s00 = default, s01 = default, s02 = default;
        Vector512<double> s10 = default, s11 = default, s12 = default;
        Vector512<double> s20 = default, s21 = default, s22 = default;
        Vector512<double> s30 = default, s31 = default, s32 = default;
        Vector512<double> s40 = default, s41 = default, s42 = default;
        Vector512<double> s50 = default, s51 = default, s52 = default;
        Vector512<double> s60 = default, s61 = default, s62 = default;
        Vector512<double> s70 = default, s71 = default, s72 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector512<double> b0 = Vector512.Load(b);
            Vector512<double> b1 = Vector512.Load(b + 8);
            Vector512<double> b2 = Vector512.Load(b + 16);
            Vector512<double> a0 = Vector512.Create(a[0]);
            s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a0, b2, s02);
            Vector512<double> a1 = Vector512.Create(a[1]);
            s10 = Vector512.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a1, b2, s12);
            Vector512<double> a2 = Vector512.Create(a[2]);
            s20 = Vector512.FusedMultiplyAdd(a2, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a2, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a2, b2, s22);
            Vector512<double> a3 = Vector512.Create(a[3]);
            s30 = Vector512.FusedMultiplyAdd(a3, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a3, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a3, b2, s32);
            Vector512<double> a4 = Vector512.Create(a[4]);
            s40 = Vector512.FusedMultiplyAdd(a4, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(a4, b1, s41);
            s42 = Vector512.FusedMultiplyAdd(a4, b2, s42);
            Vector512<double> a5 = Vector512.Create(a[5]);
            s50 = Vector512.FusedMultiplyAdd(a5, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(a5, b1, s51);
            s52 = Vector512.FusedMultiplyAdd(a5, b2, s52);
            Vector512<double> a6 = Vector512.Create(a[6]);
            s60 = Vector512.FusedMultiplyAdd(a6, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(a6, b1, s61);
            s62 = Vector512.FusedMultiplyAdd(a6, b2, s62);
            Vector512<double> a7 = Vector512.Create(a[7]);
            s70 = Vector512.FusedMultiplyAdd(a7, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(a7, b1, s71);
            s72 = Vector512.FusedMultiplyAdd(a7, b2, s72);
            a += Rows;
            b += Columns;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        s02.Store(tile + 16);
        tile += Columns;
        s10.Store(tile);
        s11.Store(tile + 8);
        s12.Store(tile + 16);
        tile += Columns;
        s20.Store(tile);
        s21.Store(tile + 8);
        s22.Store(tile + 16);
        tile += Columns;
        s30.Store(tile);
        s31.Store(tile + 8);
        s32.Store(tile + 16);
        tile += Columns;
        s40.Store(tile);
        s41.Store(tile + 8);
        s42.Store(tile + 16);
        tile += Columns;
        s50.Store(tile);
        s51.Store(tile + 8);
        s52.Store(tile + 16);
        tile += Columns;
        s60.Store(tile);
        s61.Store(tile + 8);
        s62.Store(tile + 16);
        tile += Columns;
        s70.Store(tile);
        s71.Store(tile + 8);
        s72.Store(tile + 16);
    }

    /// <summary>256-bit vectors: 12 sums, a quarter of the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4Columns12(double* a, double* b, int depth, double* tile)
    {
        Vector256<double> s00 = default, s01 = default, s02 = default;
        Vector256<double> s10 = default, s11 = default, s12 = default;
        Vector256<double> s20 = default, s21 = default, s22 = default;
        Vector256<double> s30 = default, s31 = default, s32 = default;
        for (int k = 0; k < depth; k++)
        {
            Vector256<double> b0 = Vector256.Load(b);
            Vector256<double> b1 = Vector256.Load(b + 4);
            Vector256<double> b2 = Vector256.Load(b + 8);
            Vector256<double> a0 = Vector256.Create(a[0]);
            s00 = Vector256.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector256.FusedMultiplyAdd(a0, b2, s02);
            Vector256<double> a1 = Vector256.Create(a[1]);
            s10 = Vector256.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector256.FusedMultiplyAdd(a1, b2, s12);
            Vector256<double> a2 = Vector256.Create(a[2]);
            s20 = Vector256.FusedMultiplyAdd(a2, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(a2, b1, s21);
            s22 = Vector256.FusedMultiplyAdd(a2, b2, s22);
            Vector256<double> a3 = Vector256.Create(a[3]);
            s30 = Vector256.FusedMultiplyAdd(a3, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(a3, b1, s31);
            s32 = Vector256.FusedMultiplyAdd(a3, b2, s32);
            a += Rows;
            b += Columns;
        }

        s00.Store(tile);
        s01.Store(tile + 4);
        s02.Store(tile + 8);
        tile += Columns;
        s10.Store(tile);
        s11.Store(tile + 4);
        s12.Store(tile + 8);
        tile += Columns;
        s20.Store(tile);
        s21.Store(tile + 4);
        s22.Store(tile + 8);
        tile += Columns;
        s30.Store(tile);
        s31.Store(tile + 4);
        s32.Store(tile + 8);
    }
}
