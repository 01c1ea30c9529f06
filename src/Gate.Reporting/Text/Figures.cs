using Gate.Results;

namespace Gate.Reporting.Text;

/// <summary>Numbers as people read them; the same words in every report.</summary>
public static class Figures
{
    /// <summary>A number of items; <c>n/a</c> where none are counted, as the flips of a perplexity.</summary>
    public static string Count(int? count) => count?.ToString() ?? "n/a";

    /// <summary>A score or ratio with three decimals; <c>n/a</c> when there is no finite value.</summary>
    public static string Score(double? value) => Fixed(value, 3);

    /// <summary>A score or ratio with a given number of decimals; <c>n/a</c> when there is no finite value, the sign of infinity else.</summary>
    public static string Fixed(double? value, int decimals) => value switch
    {
        null => "n/a",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "-∞",
        double v when double.IsNaN(v) => "n/a",
        double v => (Math.Round(v, decimals) + 0.0).ToString("F" + decimals),
    };

    /// <summary>What stands where a served model's description states sizes.</summary>
    public const string NotMeasured = "not measured: served, sizes are as stated";

    /// <summary>TCr, and where it is not measured why.</summary>
    public static string CompressionRate(SizeInfo size) => Percent(size.TheoreticalCompressionRate) + (size.Stated ? $" ({NotMeasured})" : "");

    /// <summary>Bounds as <c>[0.897, 0.928]</c>; <c>n/a</c> without any.</summary>
    public static string Interval(Estimate? estimate, int decimals = 3) =>
        estimate is null || double.IsNaN(estimate.Lower) || double.IsNaN(estimate.Upper)
            ? "n/a"
            : $"[{Fixed(estimate.Lower, decimals)}, {Fixed(estimate.Upper, decimals)}]";

    /// <summary>
    /// Decimals with which a rule's value, bounds and limit are shown: three, or as many as it takes (up to ten) that nothing which differs
    /// from the limit looks equal to it; none when all of them are whole counts.
    /// </summary>
    public static int DecimalsOf(RuleResult rule)
    {
        double[] shown = rule.Measured is { } m ? [m.Value, m.Lower, m.Upper] : [];
        if (double.IsInteger(rule.Limit) && shown.All(double.IsInteger))
            return 0;
        int decimals = 3;
        while (decimals < 10 && (Hides(rule.Limit, double.Round(rule.Limit, decimals)) || shown.Any(value => LooksLike(value, rule.Limit, decimals))))
            decimals++;
        return decimals;
    }

    /// <summary>A share as a percentage: <c>81.25 %</c>.</summary>
    public static string Percent(double? share) =>
        share is null || !double.IsFinite(share.Value) ? "n/a" : (share.Value * 100).ToString("0.##") + " %";

    /// <summary>Bits with up to three decimals.</summary>
    public static string Bits(double? bits) => bits is null || !double.IsFinite(bits.Value) ? "n/a" : bits.Value.ToString("0.###");

    /// <summary>Bytes in a binary unit and exactly: <c>3.06 MiB (3,204,448 bytes)</c>.</summary>
    public static string Bytes(long bytes)
    {
        string exact = bytes.ToString("N0") + " bytes";
        string[] units = ["KiB", "MiB", "GiB", "TiB"];
        if (bytes < 1024)
            return exact;
        double scaled = bytes / 1024.0;
        int unit = 0;
        for (; scaled >= 1024 && unit < units.Length - 1; unit++)
            scaled /= 1024;
        return $"{scaled.ToString("0.##")} {units[unit]} ({exact})";
    }

    /// <summary>The state in words.</summary>
    public static string State(VerdictState state) => state switch
    {
        VerdictState.Pass => "pass",
        VerdictState.Fail => "fail",
        VerdictState.Inconclusive => "inconclusive",
        _ => "not measured",
    };

    /// <summary>The verdict in one sentence that always begins with its state; as written, not yet made visible.</summary>
    public static string Sentence(Verdict verdict)
    {
        string state = State(verdict.State);
        return verdict.Summary.StartsWith(state, StringComparison.OrdinalIgnoreCase) ? verdict.Summary : $"{state}: {verdict.Summary}";
    }

    // A limit written with more digits than shown would be misquoted.
    private static bool Hides(double exact, double rounded) => double.IsFinite(exact) && Math.Abs(exact - rounded) > 1e-12;

    private static bool LooksLike(double value, double limit, int decimals) =>
        double.IsFinite(value) && Math.Abs(value - limit) > 1e-10 && Fixed(value, decimals) == Fixed(limit, decimals);
}
