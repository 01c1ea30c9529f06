using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gate.Numerics.LinearAlgebra.Int8;

/// <summary>
/// Sums of products of four tokens' unsigned codes with sixteen rows' signed codes: sums[t, r] = Σₖ u[t, k] · w[r, k] in 32 bits. Integers: every form gives
/// the same bits. No instruction that saturates in between (vpmaddubsw) is used.
/// </summary>
internal static unsafe class Int8Kernels
{
    private const int Tokens = Int8Activations.Width, Rows = Int8Matrix.PanelRows, Quad = Int8Matrix.Quad;

    /// <summary>Computes with the best form this machine has.</summary>
    /// <param name="u">[quads, 4 tokens, 4].</param>
    /// <param name="w">[quads, 16 rows, 4].</param>
    /// <param name="quads">Quads of inputs.</param>
    /// <param name="sums">[4, 16], written.</param>
    public static void Sum(byte* u, sbyte* w, int quads, int* sums)
    {
        if (AvxVnni.IsSupported)
            SumVnni(u, w, quads, sums);
        else if (Avx2.IsSupported)
            SumAvx2(u, w, quads, sums);
        else
            SumScalar(u, w, quads, sums);
    }

    /// <summary>vpdpbusd: four products and their sum into each 32-bit lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumVnni(byte* u, sbyte* w, int quads, int* sums)
    {
        Vector256<int> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (int quad = 0; quad < quads; quad++, u += Tokens * Quad, w += Rows * Quad)
        {
            Vector256<sbyte> low = Vector256.Load(w), high = Vector256.Load(w + 32);
            Vector256<byte> a = Vector256.Create(*(int*)u).AsByte(), b = Vector256.Create(*(int*)(u + 4)).AsByte();
            Vector256<byte> c = Vector256.Create(*(int*)(u + 8)).AsByte(), d = Vector256.Create(*(int*)(u + 12)).AsByte();
            a0 = AvxVnni.MultiplyWideningAndAdd(a0, a, low);
            a1 = AvxVnni.MultiplyWideningAndAdd(a1, a, high);
            b0 = AvxVnni.MultiplyWideningAndAdd(b0, b, low);
            b1 = AvxVnni.MultiplyWideningAndAdd(b1, b, high);
            c0 = AvxVnni.MultiplyWideningAndAdd(c0, c, low);
            c1 = AvxVnni.MultiplyWideningAndAdd(c1, c, high);
            d0 = AvxVnni.MultiplyWideningAndAdd(d0, d, low);
            d1 = AvxVnni.MultiplyWideningAndAdd(d1, d, high);
        }

        a0.Store(sums);
        a1.Store(sums + 8);
        b0.Store(sums + 16);
        b1.Store(sums + 24);
        c0.Store(sums + 32);
        c1.Store(sums + 40);
        d0.Store(sums + 48);
        d1.Store(sums + 56);
    }

    /// <summary>vpmaddwd over codes widened to 16 bits: two products and their sum into each 32-bit lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumAvx2(byte* u, sbyte* w, int quads, int* sums)
    {
        for (int quarter = 0; quarter < Rows; quarter += 4)
        {
            Vector256<int> a = default, b = default, c = default, d = default;
            byte* token = u;
            sbyte* row = w + (quarter * Quad);
            for (int quad = 0; quad < quads; quad++, token += Tokens * Quad, row += Rows * Quad)
            {
                Vector256<short> weights = Avx2.ConvertToVector256Int16(Vector128.Load(row));
                Vector256<short> tokens = Avx2.ConvertToVector256Int16(Vector128.Load(token));
                a = Avx2.Add(a, Avx2.MultiplyAddAdjacent(weights, Avx2.Permute4x64(tokens.AsInt64(), 0b00_00_00_00).AsInt16()));
                b = Avx2.Add(b, Avx2.MultiplyAddAdjacent(weights, Avx2.Permute4x64(tokens.AsInt64(), 0b01_01_01_01).AsInt16()));
                c = Avx2.Add(c, Avx2.MultiplyAddAdjacent(weights, Avx2.Permute4x64(tokens.AsInt64(), 0b10_10_10_10).AsInt16()));
                d = Avx2.Add(d, Avx2.MultiplyAddAdjacent(weights, Avx2.Permute4x64(tokens.AsInt64(), 0b11_11_11_11).AsInt16()));
            }

            Fold(a).Store(sums + quarter);
            Fold(b).Store(sums + Rows + quarter);
            Fold(c).Store(sums + (2 * Rows) + quarter);
            Fold(d).Store(sums + (3 * Rows) + quarter);
        }
    }

    /// <summary>The definition, one product at a time.</summary>
    public static void SumScalar(byte* u, sbyte* w, int quads, int* sums)
    {
        new Span<int>(sums, Tokens * Rows).Clear();
        for (int quad = 0; quad < quads; quad++, u += Tokens * Quad, w += Rows * Quad)
        {
            for (int token = 0; token < Tokens; token++)
            {
                for (int row = 0; row < Rows; row++)
                {
                    int sum = 0;
                    for (int k = 0; k < Quad; k++)
                        sum += u[(token * Quad) + k] * w[(row * Quad) + k];
                    sums[(token * Rows) + row] += sum;
                }
            }
        }
    }

    // Neighbouring lanes hold the two halves of one row.
    private static Vector128<int> Fold(Vector256<int> halves) => Ssse3.HorizontalAdd(halves.GetLower(), halves.GetUpper());
}
