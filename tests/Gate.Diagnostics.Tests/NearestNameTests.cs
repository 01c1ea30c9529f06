namespace Gate.Diagnostics.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] _known = ["retention", "srcr", "perplexityRatio", "maxForgotten"];

    [Theory]
    [InlineData("retentoin", "retention")]
    [InlineData("RETENTION", "retention")]
    [InlineData("perplexity-ratio", "perplexityRatio")]
    [InlineData("scrr", "srcr")]
    public void A_misspelt_name_finds_the_one_that_was_meant(string written, string meant) =>
        Assert.Equal(meant, NearestName.Find(written, _known));

    [Theory]
    [InlineData("budget")]
    [InlineData("x")]
    [InlineData("")]
    public void A_name_that_resembles_nothing_finds_nothing(string written) =>
        Assert.Null(NearestName.Find(written, ["perplexityRatio", "maxForgotten"]));
}
