using Gate.Core.Pipeline;
using Gate.Core.Pipeline.EarlyStopping;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Tests.Pipeline;

public sealed class SuiteClustersTests
{
    private static AskedTask Task(string name, ClusterScope scope, params (string? Cluster, string Asked, string[] Answers)[] items) => new(
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
            Settings = new TaskSettings { ClusterScope = scope },
        },
        [.. items.Select((item, i) => new TaskItem
        {
            Id = $"{i:D3}",
            Cluster = item.Cluster,
            Asked = item.Asked,
            Prompt = "",
            Answers = [.. item.Answers],
            Chance = 0,
            Hash = "",
        })],
        []);

    private static List<string> Clusters(params AskedTask[] tasks) => [.. SuiteClusters.Join([.. tasks]).SelectMany(task => task.Items.Select(item => item.Cluster ?? "none"))];

    [Fact]
    public void A_label_means_the_same_cluster_in_every_task_unless_a_task_keeps_its_own()
    {
        Assert.Equal(["P1", "P2", "P1"], Clusters(Task("a", ClusterScope.Suite, ("P1", "x", ["1"]), ("P2", "y", ["2"])), Task("b", ClusterScope.Suite, ("P1", "z", ["3"]))));
        Assert.Equal(["P1", "b: P1"], Clusters(Task("a", ClusterScope.Suite, ("P1", "x", ["1"])), Task("b", ClusterScope.Task, ("P1", "z", ["3"]))));
    }

    [Fact]
    public void Ten_questions_copied_thirty_times_are_ten_clusters()
    {
        AskedTask task = Task("a", ClusterScope.Suite, [.. Enumerable.Range(0, 300).Select(i => ((string?)null, $"Who  is {(i % 20 < 10 ? "the" : "THE")} {i % 10}?", new[] { $"answer {i % 10}" }))]);
        Assert.Equal(10, Clusters(task).Distinct().Count());
        Assert.DoesNotContain("none", Clusters(task));
    }

    [Fact]
    public void A_question_asked_in_two_tasks_is_one_cluster_and_takes_the_label_it_has_in_either()
    {
        AskedTask open = Task("open", ClusterScope.Suite, (null, "Where is Rome?", ["Italy", "Italia"]), (null, "Where is Bonn?", ["Germany"]), (null, "Where is Lyon?", ["France"]));
        AskedTask choices = Task("choices", ClusterScope.Suite, ("P17", "where is rome?", ["Italy"]), (null, "Where is Bonn?", ["Germany"]), (null, "Where is Lyon?", ["Spain"]));
        Assert.Equal(["P17", "like open/001", "none", "P17", "like open/001", "none"], Clusters(open, choices));
    }

    [Fact]
    public void Labels_that_a_shared_question_connects_are_one_cluster()
    {
        List<string> clusters = Clusters(Task("a", ClusterScope.Suite, ("P2", "x", ["1"]), ("P2", "y", ["2"])), Task("b", ClusterScope.Suite, ("P1", "x", ["1"]), ("P3", "z", ["3"])));
        Assert.Equal(["P1", "P1", "P1", "P3"], clusters);
    }

    [Fact]
    public void A_watched_rule_about_the_suite_hears_a_shared_cluster_in_all_tasks_at_once()
    {
        (string? Cluster, string Asked, string[] Answers)[] Items(string task) =>
            [.. Enumerable.Range(0, 40).Select(i => ((string?)$"P{i % 8}", $"{task} {i}", new[] { "x" }))];
        AskedTask[] tasks = [Task("a", ClusterScope.Suite, Items("a")), Task("b", ClusterScope.Suite, Items("b")[..35]), Task("c", ClusterScope.Task, Items("c"))];
        EarlyOrder order = EarlyOrder.Of(SuiteClusters.Join([.. tasks]), 7, pooled: true);
        Assert.All(order.Rounds, round => Assert.Equal(
            round.Clusters[0].Items.Select(item => item.Cluster).Distinct(), round.Clusters[1].Items.Select(item => item.Cluster).Distinct()));
        Assert.Contains(order.Rounds, round => round.Clusters[2].Items[0].Cluster != $"c: {round.Clusters[0].Items[0].Cluster}");
        Assert.Equal(115, order.Rounds.SelectMany(round => round.NewItems).Select(each => (each.Task, each.Item.Id)).Distinct().Count());
    }
}
