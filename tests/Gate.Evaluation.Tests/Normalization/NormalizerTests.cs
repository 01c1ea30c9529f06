using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Tests.Normalization;

public sealed class NormalizerTests
{
    [Theory]
    [InlineData("squad/1", "U.S.", "us")]
    [InlineData("triviaqa/1", "U.S.", "u s")]
    [InlineData("squad/1", "The  Lord of the Rings", "lord of rings")]
    [InlineData("squad/1", "Theatre and ananas", "theatre and ananas")]
    [InlineData("triviaqa/1", "snake_case", "snake case")]
    [InlineData("squad/1", "snake_case", "snakecase")]
    [InlineData("gate-alias/1", "ﬁne", "fine")]
    [InlineData("triviaqa/1", "ﬁne", "ﬁne")]
    [InlineData("exact/1", " \u001fParis \n", "Paris")]
    public void Each_rule_does_its_steps_in_order(string id, string text, string expected) => Assert.Equal(expected, Normalizer.Find(id)!.Apply(text));

    [Fact]
    public void Ids_are_distinct_and_findable()
    {
        Assert.Equal(Normalizer.All.Count, Normalizer.All.Select(normalizer => normalizer.Id).Distinct().Count());
        Assert.All(Normalizer.All, normalizer => Assert.Same(normalizer, Normalizer.Find(normalizer.Id)));
        Assert.Null(Normalizer.Find("squad"));
    }

    [Fact]
    public void There_are_32_punctuation_characters() =>
        Assert.Equal(
            "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
            string.Concat(Enumerable.Range(0, 0x250).Select(c => (char)c).Where(PythonText.IsAsciiPunctuation)));
}
