using Gate.Core.Pipeline;
using Gate.Core.Pipeline.EarlyStopping;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Tests.Pipeline;

public sealed class EarlyOrderTests
{
    private static AskedTask Task(string name, params int[] clusterSizes)
    {
        var items = clusterSizes.SelectMany((size, cluster) => Enumerable.Range(0, size).Select(i => new TaskItem
        {
            Id = $"{name}-{cluster:D3}-{i:D3}",
            Cluster = size == 1 ? null : $"c{cluster:D3}",
            Prompt = "",
            Answers = ["x"],
            Chance = 0,
            Hash = "",
        }));
        var definition = new TaskDefinition
        {
            Name = name,
            Title = "",
            Kind = "closed-book-qa",
            Protocol = "p",
            Source = new DataSource([]),
            Prompt = "",
            Metric = "exact_match",
            DefinitionHash = "",
        };
        return new AskedTask(definition, [.. items], []);
    }

    private static string[] Ids(EarlyOrder order) => [.. order.Rounds.SelectMany(round => round.NewItems).Select(each => each.Item.Id)];

    [Fact]
    public void The_first_pass_hears_every_cluster_and_all_passes_ask_every_item_once()
    {
        AskedTask task = Task("facts", [.. Enumerable.Repeat(34, 34), 32]);
        EarlyOrder order = EarlyOrder.Of([task], 7, pooled: false);
        EarlyDesign design = order.Designs[0];
        Assert.Equal([2, 4, 8, 16, 34], design.Passes);
        Assert.Equal(1, design.HoldShare * design.Passes.Length, 12);
        Assert.Equal(1, design.BetShare + (design.LookShare * (design.Passes.Length - 1)), 12);
        Assert.InRange(design.LookShare, 0.01, design.BetShare);
        Assert.Equal(35, order.Rounds.TakeWhile(round => round.Pass == 0).SelectMany(round => round.Clusters).Select(cluster => cluster.Items[0].Cluster).Distinct().Count());
        Assert.All(order.Rounds.Take(35), round => Assert.Equal(2, round.NewItems.Count()));
        Assert.Equal(task.Items.Select(item => item.Id).Order(StringComparer.Ordinal), Ids(order).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_order_depends_on_the_seed_and_not_on_the_order_of_the_file()
    {
        AskedTask task = Task("facts", 3, 4, 5, 1, 1, 6);
        EarlyOrder order = EarlyOrder.Of([task], 7, pooled: false);
        Assert.Equal(Ids(order), Ids(EarlyOrder.Of([task with { Items = [.. task.Items.Reverse()] }], 7, pooled: false)));
        Assert.NotEqual(Ids(order), Ids(EarlyOrder.Of([task], 8, pooled: false)));
    }

    [Fact]
    public void Every_place_in_the_order_is_equally_likely_for_every_cluster_and_every_item()
    {
        AskedTask task = Task("facts", [.. Enumerable.Repeat(5, 80)]);
        int[] clusters = new int[80];
        int[] items = new int[5];
        const int seeds = 2000;
        for (int seed = 0; seed < seeds; seed++)
        {
            TaskItem first = EarlyOrder.Of([task], seed, pooled: false).Rounds[0].NewItems.Single().Item;
            clusters[int.Parse(first.Cluster![1..], System.Globalization.CultureInfo.InvariantCulture)]++;
            items[first.Id[^1] - '0']++;
        }

        Assert.InRange(ChiSquare(clusters), 79 - (4 * Math.Sqrt(158)), 79 + (4 * Math.Sqrt(158)));
        Assert.InRange(ChiSquare(items), 0, 18.5);

        static double ChiSquare(int[] counts) => counts.Sum(count => Math.Pow(count - ((double)seeds / counts.Length), 2) / ((double)seeds / counts.Length));
    }

    [Fact]
    public void Without_clusters_there_is_one_pass_with_the_whole_error_probability()
    {
        EarlyOrder order = EarlyOrder.Of([Task("facts", [.. Enumerable.Repeat(1, 50)])], 7, pooled: false);
        Assert.Equal([1], order.Designs[0].Passes);
        Assert.Equal((1, 1, 0), (order.Designs[0].HoldShare, order.Designs[0].BetShare, order.Designs[0].LookShare));
        Assert.Equal(50, order.Rounds.Length);
    }

    [Fact]
    public void Tasks_with_rules_of_their_own_take_turns()
    {
        EarlyOrder order = EarlyOrder.Of([Task("a", 1, 1, 1), Task("b", 1, 1)], 7, pooled: false);
        Assert.Equal(["a", "b", "a", "b", "a"], order.Rounds.Select(round => Assert.Single(round.Clusters).Task.Definition.Name));
        Assert.Equal(2, order.DesignFor("b").Rounds);
    }

    [Fact]
    public void A_rule_about_all_tasks_hears_one_cluster_of_each_in_every_round()
    {
        AskedTask[] tasks = [Task("a", [.. Enumerable.Repeat(10, 20)]), Task("b", [.. Enumerable.Repeat(1, 65)])];
        EarlyOrder order = EarlyOrder.Of(tasks, 7, pooled: true);
        Assert.All(order.Rounds, round => Assert.Equal(["a", "b"], round.Clusters.Select(cluster => cluster.Task.Definition.Name)));
        EarlyDesign design = order.DesignFor(null);
        Assert.Equal(20, design.Rounds);

        // Three single items are joined to a cluster; the five left over are asked after the rounds.
        Assert.Equal([new EarlyStratum("a", 200, 10), new EarlyStratum("b", 60, 3)], design.Strata);
        Assert.Equal([new EarlyStratum("b", 60, 3)], order.DesignFor("b").Strata);
        Assert.Equal(260, Ids(order).Distinct().Count());
        Assert.Equal(260, Ids(order).Length);
    }
}
