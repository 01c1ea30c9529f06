using FsCheck;
using FsCheck.Fluent;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Normalization;

namespace Gate.Evaluation.Tests.Metrics;

public sealed class AnswerMatchTests
{
    [Theory]
    [InlineData("exact/1", "Paris", "Paris", true)]
    [InlineData("exact/1", "paris", "Paris", false)]
    [InlineData("squad/1", "the paris.", "Paris", true)]
    [InlineData("squad/1", "Paris, France", "Paris", false)]
    [InlineData("gate-alias/1", "It is Paris, France", "paris", true)]
    [InlineData("gate-alias/1", "Parisian", "Paris", false)]
    [InlineData("gate-alias/1", "", "Paris", false)]
    [InlineData("gate-alias/1", "the", "the", false)]
    [InlineData("squad/1", "!!!", "...", false)]
    public void An_answer_is_right_when_the_rule_says_so(string id, string answer, string gold, bool expected) =>
        Assert.Equal(expected, AnswerMatch.IsRight(Normalizer.Find(id)!, answer, [gold], null));

    [Fact]
    public void Repeating_a_name_of_the_question_is_no_answer()
    {
        Normalizer normalizer = Normalizer.Find("gate-alias/1")!;
        Assert.False(AnswerMatch.IsRight(normalizer, "Is it Lyon or Paris", ["Paris"], "Is it Lyon or Paris?"));
        Assert.True(AnswerMatch.IsRight(normalizer, "Paris", ["Paris"], "Is it Lyon or Paris?"));
    }

    [Theory]
    [InlineData("the quick fox", "quick brown fox", 0.8)]
    [InlineData("fox fox", "fox", 2.0 / 3)]
    [InlineData("cat", "dog", 0)]
    [InlineData("", "", 0)]
    [InlineData("the", "the", 0)]
    public void F1_is_the_overlap_of_token_multisets(string answer, string gold, double expected) =>
        Assert.Equal(expected, AnswerMatch.F1(Normalizer.Find("squad/1")!, answer, [gold]), 12);

    [Fact]
    public void F1_takes_the_best_of_the_accepted_answers() =>
        Assert.Equal(1, AnswerMatch.F1(Normalizer.Find("squad/1")!, "New York", ["York", "new york"]));

    [Fact]
    public void F1_is_symmetric_and_between_0_and_1() => Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
    {
        Normalizer normalizer = Normalizer.Find("squad/1")!;
        double value = AnswerMatch.F1(normalizer, a.Get, [b.Get]);
        return value is >= 0 and <= 1 && Math.Abs(value - AnswerMatch.F1(normalizer, b.Get, [a.Get])) < 1e-12;
    }).QuickCheckThrowOnFailure();
}
