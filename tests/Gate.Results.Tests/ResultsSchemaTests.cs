using System.Text.Json.Nodes;
using Gate.Tests.Samples;
using NJsonSchema;

namespace Gate.Results.Tests;

public sealed class ResultsSchemaTests
{
    [Theory, MemberData(nameof(ResultsJsonTests.Samples), MemberType = typeof(ResultsJsonTests))]
    public async Task What_is_written_is_valid_by_the_schema(string name)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(ResultsSchema.ForResults, TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(ResultsJson.Write(ResultsJsonTests.Sample(name))));
    }

    [Fact]
    public async Task What_lacks_a_field_or_has_a_wrong_one_is_not_valid()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(ResultsSchema.ForResults, TestContext.Current.CancellationToken);
        JsonObject results = JsonNode.Parse(ResultsJson.Write(SampleResults.Fail))!.AsObject();
        results["verdict"]!["state"] = "great";
        Assert.NotEmpty(schema.Validate(results.ToJsonString()));
        results.Remove("verdict");
        Assert.NotEmpty(schema.Validate(results.ToJsonString()));
    }

    [Fact]
    public async Task An_item_is_valid_by_its_schema()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(ResultsSchema.ForItem, TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(ItemsJsonLines.WriteLine(ItemsJsonLinesTests.Item)));
        Assert.NotEmpty(schema.Validate("{\"task\": 1}"));
    }
}
