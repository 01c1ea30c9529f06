using Gate.Compression.Recipes;

namespace Gate.Compression.Tests.Recipes;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*", "model.layers.0.mlp.up_proj", true)]
    [InlineData("*.up_proj", "model.layers.0.mlp.up_proj", true)]
    [InlineData("*.up_proj", "model.layers.0.mlp.up_proj.x", false)]
    [InlineData("model.layers.?.mlp.*", "model.layers.7.mlp.down_proj", true)]
    [InlineData("model.layers.?.mlp.*", "model.layers.17.mlp.down_proj", false)]
    [InlineData("*layers*q*", "model.layers.3.self_attn.q_proj", true)]
    [InlineData("MODEL.*", "model.layers.3", false)]
    [InlineData("model", "model.layers", false)]
    [InlineData("", "model", false)]
    [InlineData("[q]_proj", "q_proj", false)]
    public void A_pattern_fits_the_whole_name_and_knows_two_wildcards(string pattern, string name, bool fits) =>
        Assert.Equal(fits, GlobPattern.Matches(pattern, name));

    [Fact]
    public void A_hostile_pattern_takes_no_exponential_time() =>
        Assert.False(GlobPattern.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 20_000)));
}
