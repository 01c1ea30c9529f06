using System.Globalization;
using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.Reporting.Tests.Html;

/// <summary>Contrast of the page's colours by WCAG 2.1: 4.5 for text, 3 for what a drawing says.</summary>
public sealed partial class ContrastTests
{
    public static TheoryData<int> Schemes => [0, 1, 2];

    [Theory, MemberData(nameof(Schemes))]
    public void Text_and_drawings_can_be_read(int scheme)
    {
        Dictionary<string, double> colours = Palettes()[scheme];
        foreach (string text in new[] { "ink", "muted", "accent", "pass", "fail", "inconclusive", "unmeasured" })
        {
            foreach (string ground in new[] { "paper", "raised" })
                Assert.True(Contrast(colours[text], colours[ground]) >= 4.5, $"{text} on {ground}: {Contrast(colours[text], colours[ground]):F2}");
        }

        foreach (string mark in new[] { "strong", "ink", "pass", "fail", "inconclusive", "unmeasured" })
            Assert.True(Contrast(colours[mark], colours["paper"]) >= 3, $"{mark}: {Contrast(colours[mark], colours["paper"]):F2}");
        Assert.True(Contrast(colours["bar"], colours["paper"]) >= 3, $"bar: {Contrast(colours["bar"], colours["paper"]):F2}");
    }

    private static Dictionary<string, double>[] Palettes()
    {
        string style = File.ReadAllText(Repository.PathOf("src", "Gate.Reporting", "Html", "report.css"));
        Dictionary<string, double>[] palettes =
        [
            .. style.Split(":root {").Skip(1).Select(block => Colour().Matches(block[..block.IndexOf('}', StringComparison.Ordinal)])
                .ToDictionary(match => match.Groups[1].Value, match => Luminance(match.Groups[2].Value))),
        ];
        Assert.Equal(3, palettes.Length);
        return palettes;
    }

    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            double c = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Channel(0) + 0.7152 * Channel(2) + 0.0722 * Channel(4);
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    [GeneratedRegex("--([a-z]+): #([0-9a-f]{6})")]
    private static partial Regex Colour();
}
