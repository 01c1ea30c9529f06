using System.Text;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Tests.Checkpoints;

public sealed class ModelConfigurationTests
{
    private const string Text = """
        {
          "model_type": "llama",
          "hidden_size": 64,
          "layers": "many",
          "negative": -1,
          "ratio": 0.5,
          "huge": 1e999,
          "whole": 8.0,
          "flag": true,
          "nothing": null,
          "eos_token_id": [2, 7],
          "pad_token_id": 3,
          "rope_scaling": { "rope_type": "yarn",
            "factor": "four" }
        }
        """;

    private static readonly ModelConfiguration Configuration = Parse(Text);

    [Fact]
    public void Keys_are_read_with_their_types_and_fallbacks()
    {
        Assert.Equal("llama", Configuration.ModelType);
        Assert.Equal(64, Configuration.RequireInt32("hidden_size"));
        Assert.Equal(8, Configuration.RequireInt32("whole"));
        Assert.Equal(5, Configuration.GetInt32("absent", 5));
        Assert.Equal(5, Configuration.GetInt32("nothing", 5));
        Assert.Equal(0.5, Configuration.GetDouble("ratio", 1));
        Assert.True(Configuration.GetBoolean("flag", false));
        Assert.Null(Configuration.GetString("absent"));
        Assert.Equal([2, 7], Configuration.GetTokenIds("eos_token_id"));
        Assert.Equal([3], Configuration.GetTokenIds("pad_token_id"));
        Assert.Empty(Configuration.GetTokenIds("absent"));
        Assert.Equal("yarn", Configuration.GetObject("rope_scaling")!.GetString("rope_type"));
    }

    [Fact]
    public void A_wrong_value_is_refused_with_its_key_line_and_column()
    {
        Refused(() => Configuration.RequireInt32("layers"), 4, 13, "'layers'", "an integer of at least 1", "\"many\"");
        Refused(() => Configuration.RequireInt32("negative"), 5, 15, "'negative'", "at least 1", "-1");
        Refused(() => Configuration.GetInt32("ratio", 1), 6, 12, "'ratio'", "0.5");
        Refused(() => Configuration.GetDouble("huge", 1), 7, 11, "'huge'", "finite");
        Refused(() => Configuration.GetBoolean("ratio", true), 6, 12, "true or false");
        Refused(() => Configuration.GetObject("flag"), 9, 11, "an object");
        Refused(() => Configuration.RequireInt32("absent"), 1, 1, "'absent'", "no such key");
        Refused(() => Configuration.RequireInt32("nothing"), 10, 14, "'nothing'", "null");
        Refused(() => Configuration.GetObject("rope_scaling")!.GetDouble("factor", 1), 14, 15, "'rope_scaling.factor'", "\"four\"");
        Refused(() => Configuration.GetObject("rope_scaling")!.RequireInt32("absent"), 13, 19, "'rope_scaling.absent'");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("[]", 1)]
    [InlineData("{\n\"a\": NaN}", 2)]
    [InlineData("{\n\"a\": 1,\n\"a\": 2}", -1)]
    public void What_is_not_a_JSON_object_is_refused(string text, int line)
    {
        GateException refused = Assert.Throws<GateException>(() => Parse(text));
        Assert.Equal("GATE3004", refused.Diagnostic.Code);
        if (line >= 0)
            Assert.Equal(line, refused.Diagnostic.Location!.Line);
    }

    private static ModelConfiguration Parse(string text) => ModelConfiguration.Parse("some/config.json", Encoding.UTF8.GetBytes(text));

    private static void Refused(Func<object?> read, int line, int column, params string[] parts)
    {
        GateException refused = Assert.Throws<GateException>(() => read());
        Assert.Equal("GATE3004", refused.Diagnostic.Code);
        Assert.Equal(new SourceLocation("some/config.json", line, column), refused.Diagnostic.Location);
        Assert.All(parts, part => Assert.Contains(part, refused.Message));
    }
}
