using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.ElementaryFunctions;

/// <summary>
/// Natural logarithm in binary64 with fixed steps, within a few units in the last place, the same bits on every machine: the system's library,
/// behind <see cref="Math.Log(double)"/>, differs between platforms.
/// </summary>
/// <remarks>x = 2ⁿ·m with √½ ≤ m &lt; √2, s = (m − 1)/(m + 1), ln m = 2·(s + s³/3 + s⁵/5 + … + s²¹/21).</remarks>
public static class LogarithmDouble
{
    private const double Ln2High = 0.69314718036912382;
    private const double Ln2Low = 1.9082149292705877e-10;
    private const int LastPower = 21;

    /// <summary>ln x: −∞ at 0, NaN below, +∞ at +∞, NaN stays NaN.</summary>
    /// <param name="x">Any value.</param>
    public static double Evaluate(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;
        int exponent = Math.ILogB(x);
        double mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 0;
        for (int power = LastPower; power >= 3; power -= 2)
            series = Math.FusedMultiplyAdd(series, square, 1.0 / power);
        double fraction = 2 * Math.FusedMultiplyAdd(series * square, s, s);
        return Math.FusedMultiplyAdd(exponent, Ln2High, Math.FusedMultiplyAdd(exponent, Ln2Low, fraction));
    }

    /// <summary>ln x of eight numbers, each 0 or positive, normal and finite: the same bits as one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<double> Evaluate(Vector512<double> x)
    {
        Vector512<long> bits = x.AsInt64();
        Vector512<double> mantissa = ((bits & Vector512.Create(0x000F_FFFF_FFFF_FFFFL)) | Vector512.Create(0x3FF0_0000_0000_0000L)).AsDouble();
        Vector512<long> isUpper = Vector512.GreaterThan(mantissa, Vector512.Create(1.4142135623730951)).AsInt64();
        mantissa = Vector512.ConditionalSelect(isUpper.AsDouble(), mantissa * Vector512.Create(0.5), mantissa);
        Vector512<double> exponent = Vector512.ConvertToDouble((bits >> 52) - Vector512.Create(1023L) - isUpper);
        Vector512<double> s = (mantissa - Vector512<double>.One) / (mantissa + Vector512<double>.One);
        Vector512<double> square = s * s;
        Vector512<double> series = default;
        for (int power = LastPower; power >= 3; power -= 2)
            series = Vector512.FusedMultiplyAdd(series, square, Vector512.Create(1.0 / power));
        Vector512<double> fraction = Vector512.Create(2.0) * Vector512.FusedMultiplyAdd(series * square, s, s);
        Vector512<double> result = Vector512.FusedMultiplyAdd(
            exponent, Vector512.Create(Ln2High), Vector512.FusedMultiplyAdd(exponent, Vector512.Create(Ln2Low), fraction));
        return Vector512.ConditionalSelect(Vector512.Equals(x, default), Vector512.Create(double.NegativeInfinity), result);
    }
}
