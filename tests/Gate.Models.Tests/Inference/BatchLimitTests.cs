using Gate.Models.Inference.Scoring;

namespace Gate.Models.Tests.Inference;

public sealed class BatchLimitTests
{
    [Fact]
    public void It_is_halved_down_to_one_token()
    {
        BatchLimit limit = new(5);
        Assert.True(limit.Halve());
        Assert.Equal(2, limit.Tokens);
        Assert.True(limit.Halve());
        Assert.False(limit.Halve());
        Assert.Equal(1, limit.Tokens);
    }
}
