using Gate.Reporting.Junit;
using Gate.Reporting.Markdown;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests;

public sealed class ApprovedReportTests
{
    public static TheoryData<string> Samples => ["pass", "fail", "inconclusive", "not-measured", "hostile"];

    [Theory, MemberData(nameof(Samples))]
    public void Reports_are_as_approved(string name)
    {
        GateResults results = Sample(name);
        Expected.Matches(name + ".junit.xml", JunitReport.Render(results));
        Expected.Matches(name + ".md", MarkdownReport.Render(results));
        Expected.Matches(name + ".summary.md", MarkdownSummary.Render(results));
    }

    [Theory, MemberData(nameof(Samples))]
    public void Results_read_back_from_the_file_render_the_same_bytes(string name)
    {
        // A lone surrogate is the one thing a UTF-8 file cannot hold, so the first reading is the reference.
        GateResults results = ResultsJson.Read(ResultsJson.Write(Sample(name)));
        GateResults again = ResultsJson.Read(ResultsJson.Write(results));
        Assert.Equal(JunitReport.Render(Sample(name)), JunitReport.Render(again));
        Assert.Equal(MarkdownReport.Render(Sample(name)), MarkdownReport.Render(again));
        Assert.Equal(MarkdownSummary.Render(Sample(name)), MarkdownSummary.Render(again));
    }

    internal static GateResults Sample(string name) => name switch
    {
        "pass" => SampleResults.Pass,
        "fail" => SampleResults.Fail,
        "inconclusive" => SampleResults.Inconclusive,
        "not-measured" => SampleResults.NotMeasured,
        _ => SampleResults.Hostile(HostileText.Everything),
    };
}
