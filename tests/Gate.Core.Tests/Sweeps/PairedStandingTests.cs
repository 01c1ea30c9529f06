using System.Collections.Immutable;
using Gate.Core.Pipeline;
using Gate.Core.Sweeps;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Tests.Sweeps;

/// <summary>Two candidates on a task of 60 questions and one of 12; a number of right answers means that the first so many are right.</summary>
public sealed class PairedStandingTests
{
    private static readonly ImmutableArray<AskedTask> Tasks = [Task("long", 60), Task("short", 12)];

    [Theory]
    [InlineData(60, 12, 52, 12, true)]
    [InlineData(60, 12, 54, 12, true)]
    [InlineData(60, 12, 55, 12, false)]
    [InlineData(52, 12, 60, 12, false)]
    [InlineData(60, 12, 60, 12, false)]
    public void Six_questions_one_way_and_none_the_other_part_two_candidates_and_five_do_not(int betterLong, int betterShort, int worseLong, int worseShort, bool shown) =>
        Assert.Equal(shown, Shows((60, 12), (betterLong, betterShort), (worseLong, worseShort)));

    [Fact]
    public void A_long_task_does_not_outweigh_a_short_one_in_which_the_other_is_better()
    {
        Assert.True(Shows((60, 12), (60, 12), (48, 12)));
        Assert.False(Shows((60, 12), (60, 9), (48, 12)));
        Assert.True(Shows((60, 12), (60, 9), (48, 12), ("short", 0.5)));
    }

    [Fact]
    public void A_task_the_dense_model_knows_nothing_of_has_no_say_in_the_weighted_lead() =>
        Assert.False(Shows((60, 0), (60, 12), (60, 2)));

    [Fact]
    public void Candidates_that_were_asked_different_questions_are_not_compared()
    {
        var all = Answers((60, 12));
        Assert.Throws<ArgumentException>(() => PairedStanding.Shows(Tasks, all, all, all.SetItem("long", all["long"][..8]), ImmutableSortedDictionary<string, double>.Empty));
    }

    private static bool Shows((int Long, int Short) dense, (int Long, int Short) better, (int Long, int Short) worse, params (string Task, double Weight)[] weights) =>
        PairedStanding.Shows(
            Tasks, Answers(dense), Answers(better), Answers(worse),
            weights.ToImmutableSortedDictionary(pair => pair.Task, pair => pair.Weight, StringComparer.Ordinal));

    private static ImmutableDictionary<string, ImmutableArray<ItemResult>> Answers((int Long, int Short) right) =>
        Tasks.Zip([right.Long, right.Short]).ToImmutableDictionary(
            pair => pair.First.Definition.Name,
            pair => pair.First.Items.Select((item, i) => new ItemResult { ItemId = item.Id, Score = i < pair.Second ? 1 : 0, Answer = "x" }).ToImmutableArray(),
            StringComparer.Ordinal);

    private static AskedTask Task(string name, int items) => new(
        new TaskDefinition
        {
            Name = name,
            Title = "",
            Kind = "closed-book-qa",
            Protocol = "p",
            Source = new DataSource([]),
            Prompt = "",
            Metric = "exact_match",
            DefinitionHash = "",
        },
        [.. Enumerable.Range(0, items).Select(i => new TaskItem { Id = $"{name}-{i:D3}", Prompt = "", Answers = ["x"], Chance = 0, Hash = $"{i}" })], []);
}
