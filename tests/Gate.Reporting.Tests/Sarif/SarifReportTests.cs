using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Reporting.Sarif;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Sarif;

public sealed class SarifReportTests
{
    public static TheoryData<string> Samples => ApprovedReportTests.Samples;

    [Theory, MemberData(nameof(Samples))]
    public void The_report_is_as_approved_and_has_what_code_scanning_demands(string name)
    {
        GateResults results = ApprovedReportTests.Sample(name);
        string text = SarifReport.Render(results);
        Expected.Matches(name + ".sarif", text);
        JsonNode root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!;
        Assert.Equal("2.1.0", (string)root["version"]!);
        JsonNode run = root["runs"]!.AsArray().Single()!;
        JsonArray rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        JsonArray found = run["results"]!.AsArray();
        Assert.Equal(results.Verdict.Rules.Count(rule => rule.State != VerdictState.Pass), found.Count);
        Assert.All(found, result =>
        {
            Assert.Equal((string)result!["ruleId"]!, (string)rules[(int)result["ruleIndex"]!]!["id"]!);
            Assert.Contains((string)result["level"]!, new[] { "error", "warning" });
            Assert.NotEmpty((string)result["message"]!["text"]!);
            Assert.Equal("gate.json", (string)result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!);
            Assert.True((int)result["locations"]![0]!["physicalLocation"]!["region"]!["startLine"]! >= 1);
        });
        Assert.DoesNotContain("##", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_survives_a_new_limit_value_and_line_but_not_another_suite()
    {
        RuleResult rule = SampleResults.Fail.Verdict.Rules[0];
        GateResults moved = SampleResults.Fail with
        {
            Verdict = SampleResults.Fail.Verdict with { Rules = [rule with { Limit = 0.99, Line = 77, Measured = new Estimate(0.5, 0.4, 0.6), Reason = "other" }] },
        };
        Assert.Equal(Fingerprint(SampleResults.Fail), Fingerprint(moved));
        GateResults asked = moved with
        {
            Tasks = [.. moved.Tasks.Select(task => task with { Prompt = task.Prompt with { DataHash = "other" } })],
        };
        Assert.NotEqual(Fingerprint(moved), Fingerprint(asked));
    }

    [Fact]
    public void A_path_becomes_a_relative_uri_and_numbers_that_are_none_are_left_out()
    {
        RuleResult rule = SampleResults.Fail.Verdict.Rules[0] with { File = "my models/gate#1.json", Measured = new Estimate(double.NaN, 0, 1), Line = 0 };
        JsonNode result = First(SampleResults.Fail with { Verdict = SampleResults.Fail.Verdict with { Rules = [rule] } });
        JsonNode location = result["locations"]![0]!["physicalLocation"]!;
        Assert.Equal("my%20models/gate%231.json", (string)location["artifactLocation"]!["uri"]!);
        Assert.Null(location["region"]);
        Assert.Null(result["properties"]!["value"]);
    }

    private static JsonNode First(GateResults results) => JsonNode.Parse(SarifReport.Render(results))!["runs"]![0]!["results"]![0]!;

    private static string Fingerprint(GateResults results) => (string)First(results)["partialFingerprints"]!["gateRule/v1"]!;
}
