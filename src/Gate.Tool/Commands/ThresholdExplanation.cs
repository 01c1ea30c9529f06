using System.CommandLine;
using System.Globalization;
using Gate.Core.Verdicts.Power;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate explain threshold 0.95 --items 200</c>: how often a rule passes and fails what it should not, at so many items.</summary>
internal sealed class ThresholdExplanation
{
    /// <summary>The word that asks for it.</summary>
    public const string Word = "threshold";

    private const double Confidence = 0.95;

    // True retentions relative to the limit: far above it to far below.
    private static readonly double[] Below = [0, 0.01, 0.02, 0.05, 0.1];

    private readonly Option<int> _items = new("--items") { Description = "With threshold: number of questions; 200 when left out", DefaultValueFactory = _ => 200 };
    private readonly Option<double> _dense = new("--dense") { Description = "With threshold: accuracy of the dense model; 0.7 when left out", DefaultValueFactory = _ => 0.7 };
    private readonly Option<double> _chance = new("--chance") { Description = "With threshold: accuracy of guessing; 0 when left out", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _flips = new("--flips") { Description = "With threshold: share of answers that change by nothing but noise; 0.05 when left out", DefaultValueFactory = _ => 0.05 };

    /// <summary>Adds its options.</summary>
    public ThresholdExplanation(Command command)
    {
        foreach (Option option in new Option[] { _items, _dense, _chance, _flips })
            command.Options.Add(option);
    }

    /// <summary>Writes the table.</summary>
    /// <param name="written">The limit as written, or null.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">How to write.</param>
    /// <exception cref="GateException">Exit 2 (GATE1010): numbers out of range.</exception>
    public void Write(string? written, ParseResult parsed, ToolSettings settings)
    {
        if (!double.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double limit) || limit is not (> 0 and < 1))
            throw GateException.Usage("GATE1010", $"gate explain threshold: expected the least retention, a number between 0 and 1, found {(written is null ? "nothing" : $"\"{written}\"")}", remedy: "write gate explain threshold 0.95 --items 200");
        int items = parsed.GetValue(_items);
        double dense = parsed.GetValue(_dense), chance = parsed.GetValue(_chance), flips = parsed.GetValue(_flips);
        if (items is < 1 or > 1_000_000 || !(chance >= 0 && chance < dense && dense <= 1 && flips >= 0 && flips <= 1))
        {
            throw GateException.Usage(
                "GATE1010", $"gate explain threshold: expected 1 to 1,000,000 items and 0 ≤ chance < dense ≤ 1, found {items} items, dense {Text(dense)}, chance {Text(chance)}, flips {Text(flips)}",
                remedy: "write gate explain threshold 0.95 --items 200 --dense 0.7 --chance 0.25");
        }

        double[] truths = [.. new[] { 1, (1 + limit) / 2 }.Concat(Below.Select(distance => limit - distance)).Where(truth => truth > 0).Distinct().OrderDescending()];
        ThresholdAdvice[] advice = [.. truths.Select(truth => ThresholdAdvice.Of(truth, limit, items, dense, chance, flips, Confidence))];
        if (settings.Json)
        {
            WriteJson(advice, limit, items);
            return;
        }

        ResultText.Line($"retention of at least {Text(limit)} on {items} items (dense {Text(dense)}, chance {Text(chance)}, {Percent(flips)} of the answers change by noise), 2,000 simulated runs each:");
        ResultText.Line();
        ResultText.Table(
            settings, ["true retention", "passes", "fails", "inconclusive", "two plain numbers pass", ""],
            [
                .. advice.Select(row => (IReadOnlyList<string>)
                [
                    Text(row.Retention), Percent(row.Passes), Percent(row.Fails), Percent(Math.Max(0, 1 - row.Passes - row.Fails)), Percent(row.PointPasses), Remark(row, limit),
                ]),
            ]);
        ResultText.Line();
        ThresholdAdvice lossless = advice[0], under = advice.First(row => row.Retention < limit);
        ResultText.Line($"false red: a candidate that lost nothing fails in {Percent(lossless.Fails)} of runs here, in {Percent(1 - lossless.PointPasses)} where two plain numbers are compared.");
        ResultText.Line($"false green: one that truly keeps {Text(under.Retention)} passes in {Percent(under.Passes)} here, in {Percent(under.PointPasses)} there.");
        if (lossless.Passes < 0.8)
            ResultText.Line($"{items} items show a candidate that lost nothing to keep {Text(limit)} in {Percent(lossless.Passes)} of runs only: more items or a lower limit make the rule decide.");
    }

    private static string Remark(ThresholdAdvice row, double limit) => row.Retention == limit ? "on the limit" : row.Retention > limit ? "" : "must not pass";

    private static void WriteJson(ThresholdAdvice[] advice, double limit, int items) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("limit", limit);
        writer.WriteNumber("items", items);
        writer.WriteStartArray("runs");
        foreach (ThresholdAdvice row in advice)
        {
            writer.WriteStartObject();
            writer.WriteNumber("trueRetention", row.Retention);
            writer.WriteNumber("passes", row.Passes);
            writer.WriteNumber("fails", row.Fails);
            writer.WriteNumber("pointPasses", row.PointPasses);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
