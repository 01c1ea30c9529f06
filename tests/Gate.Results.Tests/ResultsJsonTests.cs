using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gate.Tests;
using Gate.Tests.Samples;

namespace Gate.Results.Tests;

public sealed class ResultsJsonTests
{
    public static TheoryData<string> Samples => ["Pass", "Fail", "Inconclusive", "NotMeasured", "Hostile"];

    [Theory, MemberData(nameof(Samples))]
    public void What_was_written_reads_back_equal_and_writes_the_same_bytes(string name)
    {
        GateResults results = Sample(name);
        string json = ResultsJson.Write(results);
        GateResults read = ResultsJson.Read(json);
        Assert.Null(Structure.Difference(results, read));
        Assert.Equal(json, ResultsJson.Write(read));
    }

    [Fact]
    public void Any_text_and_any_number_survive()
    {
        Prop.ForAll<string, double>((text, number) =>
        {
            string clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            GateResults results = SampleResults.Hostile(clean) with
            {
                Suite = SampleResults.Pass.Suite with { SemanticRetention = new Estimate(number, double.NaN, -0.0) },
            };
            return Structure.Difference(results, ResultsJson.Read(ResultsJson.Write(results))) is null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character()
    {
        GateResults read = ResultsJson.Read(ResultsJson.Write(SampleResults.Hostile("a\uD800b")));
        Assert.Equal("a\uFFFDb", read.Forgotten[0].Question);
    }

    [Fact]
    public void The_bytes_are_plain_utf8_with_unix_line_ends_and_no_mark()
    {
        byte[] bytes = ResultsJson.WriteUtf8(SampleResults.Fail);
        Assert.Equal((byte)'{', bytes[0]);
        Assert.DoesNotContain((byte)'\r', bytes);
        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.Contains("日本", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("\"schemaVersion\": 1,", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("\"lower\": \"-Infinity\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("\"state\": \"fail\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_would_command_a_log_or_reorder_it_is_escaped()
    {
        string json = ResultsJson.Write(SampleResults.Hostile("###vso[task.complete]\u202Eabc\n::error::x\u2028"));
        Assert.DoesNotContain("##", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', json);
        Assert.DoesNotContain('\u2028', json);
        Assert.DoesNotContain(json.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
    }

    [Fact]
    public void A_newer_version_is_refused_and_says_so()
    {
        ResultsFormatException e = Refused(node => node["schemaVersion"] = 2);
        Assert.Equal("$.schemaVersion", e.JsonPath);
        Assert.Contains("schemaVersion 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("newer Gate", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "$")]
    [InlineData("null", "$")]
    [InlineData("[]", "$")]
    [InlineData("{}", "$.schemaVersion")]
    [InlineData("{\"schemaVersion\": \"1\"}", "$.schemaVersion")]
    [InlineData("{\"schemaVersion\": 0}", "$.schemaVersion")]
    [InlineData("{\"schemaVersion\": 1}", "$")]
    [InlineData("{\"schemaVersion\": 1, \"run\": {", "$")]
    public void What_is_not_a_results_file_is_refused(string json, string path) =>
        Assert.Equal(path, Assert.Throws<ResultsFormatException>(() => ResultsJson.Read(json)).JsonPath);

    [Fact]
    public void A_key_that_is_no_Unicode_is_refused()
    {
        Assert.Contains("not Unicode", Assert.Throws<ResultsFormatException>(() => ResultsJson.Read("{\"\\ud800\": 1, \"schemaVersion\": 1}")).Message, StringComparison.Ordinal);
        string whole = ResultsJson.Write(SampleResults.Pass);
        byte[] broken = [.. "{\""u8, 0xFF, .. "\": 1,"u8, .. System.Text.Encoding.UTF8.GetBytes(whole[1..])];
        Assert.Contains("not Unicode", Assert.Throws<ResultsFormatException>(() => ResultsJson.Read(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_field_is_named_by_its_path()
    {
        Assert.Equal("$.verdict.rules[1].limit", Refused(node => node["verdict"]!["rules"]![1]!["limit"] = "much").JsonPath);
        Assert.Equal("$.verdict.state", Refused(node => node["verdict"]!["state"] = "great").JsonPath);
        Assert.Equal("$.verdict.state", Refused(node => node["verdict"]!["state"] = 0).JsonPath);
        Assert.Equal("$.tasks", Refused(node => node["tasks"] = null).JsonPath);
        Assert.Equal("$.tasks[2]", Refused(node => node["tasks"]![2] = null).JsonPath);
        Assert.Equal("$.run.runKey", Refused(node => node["run"]!["runKey"] = null).JsonPath);
        Assert.Equal("$.run.timestamp", Refused(node => node["run"]!["timestamp"] = "yesterday").JsonPath);
        Assert.Contains("verdict", Refused(node => node.Remove("verdict")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_given_twice_is_refused()
    {
        string json = ResultsJson.Write(SampleResults.Pass);
        string twice = json.Replace("\"forgotten\": [", "\"forgotten\": [], \"forgotten\": [", StringComparison.Ordinal);
        Assert.NotEqual(json, twice);
        Assert.Throws<ResultsFormatException>(() => ResultsJson.Read(twice));
    }

    [Fact]
    public void Unknown_fields_are_ignored()
    {
        GateResults read = Changed(node =>
        {
            node["added"] = new JsonObject { ["x"] = 1 };
            node["verdict"]!["rules"]![0]!["added"] = "later";
        });
        Assert.Null(Structure.Difference(SampleResults.Fail, read));
    }

    [Fact]
    public void Optional_fields_that_are_missing_take_their_defaults()
    {
        GateResults read = Changed(node =>
        {
            node.Remove("notes");
            node["run"]!.AsObject().Remove("phases");
            node["tasks"]![0]!.AsObject().Remove("groups");
            node["tasks"]![0]!.AsObject().Remove("otherMetrics");
        });
        Assert.Empty(read.Notes);
        Assert.Empty(read.Run.Phases);
        Assert.Empty(read.Tasks[0].Groups);
        Assert.Empty(read.Tasks[0].OtherMetrics);
    }

    internal static GateResults Sample(string name) => name switch
    {
        "Pass" => SampleResults.Pass,
        "Fail" => SampleResults.Fail,
        "Inconclusive" => SampleResults.Inconclusive,
        "NotMeasured" => SampleResults.NotMeasured,
        _ => SampleResults.Hostile("a|b `c` <b>\"'&\\ \u0000\u001F\u0085\u202E\n::set-output x\r\n##vso[y] 😀"),
    };

    private static GateResults Changed(Action<JsonObject> change)
    {
        JsonObject node = JsonNode.Parse(ResultsJson.Write(SampleResults.Fail))!.AsObject();
        change(node);
        return ResultsJson.Read(node.ToJsonString());
    }

    private static ResultsFormatException Refused(Action<JsonObject> change) => Assert.Throws<ResultsFormatException>(() => Changed(change));
}
