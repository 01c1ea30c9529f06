using System.Text.Json;
using Gate.Evaluation.Tasks;
using Gate.Evaluation.Tests.Models;

namespace Gate.Evaluation.Tests;

public sealed class EvaluatorTests
{
    private readonly WordTokenizer _tokenizer = new();

    [Fact]
    public void A_result_does_not_depend_on_what_else_is_asked_or_when()
    {
        foreach (string name in TaskCatalogue.BuiltInNames.Where(name => name != "perplexity"))
        {
            TaskDefinition task = TaskCatalogue.Load(name, ".");
            IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, 12, 7, _tokenizer);
            using LogitsModel model = Model(items);
            string[] together = Texts(model.Ask(task, items));
            Assert.Equal(together.Reverse(), Texts(model.Ask(task, [.. items.Reverse()])));
            Assert.Equal(together, items.SelectMany(item => Texts(model.Ask(task, [item]))));
        }
    }

    [Fact]
    public void Batches_are_bounded_and_reported_in_order_as_they_finish()
    {
        TaskDefinition task = TaskCatalogue.Load("lama", ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, 300, 7, _tokenizer);
        using LogitsModel model = Model(items);
        List<ItemResult> reported = [];
        IReadOnlyList<ItemResult> results = Evaluator.Evaluate(task, items, model, reported.AddRange, TestContext.Current.CancellationToken);
        Assert.Equal([128, 128, 44], model.BatchSizes);
        Assert.Equal(results, reported);
    }

    [Fact]
    public void A_cancelled_run_keeps_the_finished_batches()
    {
        TaskDefinition task = TaskCatalogue.Load("lama", ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, 300, 7, _tokenizer);
        using LogitsModel model = Model(items);
        using CancellationTokenSource source = new();
        List<ItemResult> reported = [];
        Assert.Throws<OperationCanceledException>(() => Evaluator.Evaluate(
            task, items, model,
            batch =>
            {
                reported.AddRange(batch);
                source.Cancel();
            },
            source.Token));
        Assert.Equal(items.Take(Evaluator.BatchItems).Select(item => item.Id), reported.Select(result => result.ItemId));
    }

    [Fact]
    public void Item_hashes_are_distinct_stable_and_cover_what_is_asked()
    {
        foreach (string name in TaskCatalogue.AllBuiltInNames.Where(name => TaskCatalogue.Load(name, ".").Published.IsEmpty))
        {
            TaskDefinition task = TaskCatalogue.Load(name, ".");
            IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, null, 7, _tokenizer);
            Assert.Equal(items.Count, items.Select(item => item.Hash).Distinct().Count());
            Assert.Equal(items.Select(item => item.Hash), TaskCatalogue.LoadItems(task, null, 8, _tokenizer).Select(item => item.Hash));
            if (task.Kind != "perplexity")
                Assert.NotEqual(items[0].Hash, TaskCatalogue.LoadItems(task with { Prompt = task.Prompt + "!" }, null, 7, _tokenizer)[0].Hash);
        }
    }

    [Fact]
    public void Results_survive_being_written_and_read()
    {
        TaskDefinition task = TaskCatalogue.Load("mcqa", ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, 4, 7, _tokenizer);
        using LogitsModel model = Model(items);
        foreach (ItemResult result in model.Ask(task, items))
        {
            ItemResult again = JsonSerializer.Deserialize<ItemResult>(JsonSerializer.Serialize(result))!;
            Assert.Equal(Texts([result]), Texts([again]));
        }
    }

    private static string[] Texts(IEnumerable<ItemResult> results) => [.. results.Select(result => JsonSerializer.Serialize(result))];

    private LogitsModel Model(IReadOnlyList<TaskItem> items) =>
        KnowingModel.Create(_tokenizer, items.Where((_, i) => i % 2 == 0).ToDictionary(item => item.Prompt, item => " " + item.Answers[0]));
}
