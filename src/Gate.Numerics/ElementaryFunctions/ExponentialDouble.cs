using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>
/// eˣ in binary64 for arguments that are not positive, as a shifted softmax has them, with fixed steps: within about one unit in the last
/// place, 0 below −708, the same bits on every machine.
/// </summary>
/// <remarks>x = n·ln 2 + r, |r| ≤ ½ ln 2; eʳ by its series to the thirteenth power (truncation below 5·10⁻¹⁸ relative).</remarks>
internal static class ExponentialDouble
{
    private const double Log2OfE = 1.4426950408889634;
    private const double Ln2High = 0.69314718036912382;  // 32 significant bits: n·Ln2High is exact
    private const double Ln2Low = 1.9082149292705877e-10;
    private const double Rounder = 6755399441055744.0;   // 1.5·2^52: adding it rounds to the nearest integer
    private const double Smallest = -708;

    private const double C2 = 1.0 / 2, C3 = 1.0 / 6, C4 = 1.0 / 24, C5 = 1.0 / 120, C6 = 1.0 / 720, C7 = 1.0 / 5040, C8 = 1.0 / 40320;
    private const double C9 = 1.0 / 362880, C10 = 1.0 / 3628800, C11 = 1.0 / 39916800, C12 = 1.0 / 479001600, C13 = 1.0 / 6227020800;

    /// <summary>eˣ of one number ≤ 0; NaN stays NaN.</summary>
    public static double Evaluate(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x < Smallest)
            return 0;
        double shifted = Math.FusedMultiplyAdd(x, Log2OfE, Rounder);
        double n = shifted - Rounder;
        double r = Math.FusedMultiplyAdd(n, -Ln2High, x);
        r = Math.FusedMultiplyAdd(n, -Ln2Low, r);
        double p = Math.FusedMultiplyAdd(C13, r, C12);
        p = Math.FusedMultiplyAdd(p, r, C11);
        p = Math.FusedMultiplyAdd(p, r, C10);
        p = Math.FusedMultiplyAdd(p, r, C9);
        p = Math.FusedMultiplyAdd(p, r, C8);
        p = Math.FusedMultiplyAdd(p, r, C7);
        p = Math.FusedMultiplyAdd(p, r, C6);
        p = Math.FusedMultiplyAdd(p, r, C5);
        p = Math.FusedMultiplyAdd(p, r, C4);
        p = Math.FusedMultiplyAdd(p, r, C3);
        p = Math.FusedMultiplyAdd(p, r, C2);
        p = Math.FusedMultiplyAdd(p, r, 1.0);
        p = Math.FusedMultiplyAdd(p, r, 1.0);
        return p * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>eˣ of eight numbers ≤ 0; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Evaluate(Vector512<double> x)
    {
        Vector512<double> tooSmall = Vector512.LessThan(x, Vector512.Create(Smallest));
        Vector512<double> isNumber = Vector512.Equals(x, x);
        Vector512<double> clamped = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(Smallest)), x, Vector512.Create(Smallest));
        Vector512<double> shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(Log2OfE), Vector512.Create(Rounder));
        Vector512<double> n = shifted - Vector512.Create(Rounder);
        Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<double> p = Vector512.FusedMultiplyAdd(Vector512.Create(C13), r, Vector512.Create(C12));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C11));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C10));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C9));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C8));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C7));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        Vector512<long> exponent = shifted.AsInt64() - Vector512.Create(Rounder).AsInt64();
        Vector512<double> result = p * ((exponent + Vector512.Create(1023L)) << 52).AsDouble();
        result = Vector512.AndNot(result, tooSmall);
        return Vector512.ConditionalSelect(isNumber, result, x);
    }
}
