using Gate.Diagnostics;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Tasks;
using Gate.Evaluation.Tests.Models;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Evaluation.Tests.Tasks;

/// <summary>The built-in tasks asked to models that know a chosen part of the answers: the scores must be exactly that part.</summary>
public sealed class Kinds_ask_models
{
    private const int Limit = 60;

    [Theory]
    [InlineData("lama")]
    [InlineData("factoid-qa")]
    [InlineData("incontext-qa")]
    public void A_model_that_knows_a_third_of_the_answers_scores_a_third(string name)
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, Limit, 7, tokenizer);
        Dictionary<string, string> knowledge = items.Where((_, i) => i % 3 == 0).ToDictionary(item => item.Prompt, item => " " + item.Answers[0]);
        using LogitsModel model = KnowingModel.Create(tokenizer, knowledge);

        IReadOnlyList<ItemResult> results = model.Ask(task, items);

        Assert.Equal(items.Select(item => item.Id), results.Select(result => result.ItemId));
        Assert.Equal(items.Select((_, i) => i % 3 == 0 ? 1.0 : 0.0), results.Select(result => result.Score));
        Assert.Equal(20.0 / 60, SummaryMetrics.Mean(results), 12);
        Assert.All(items.Zip(results).Where((_, i) => i % 3 == 0), pair => Assert.Equal(pair.First.Answers[0], pair.Second.Answer));
        Assert.All(results, result => Assert.True(result is { Invalid: false, Weight: 1, Margin: not null }));
        Assert.All(items, item => Assert.Equal(0, item.Chance));
    }

    [Fact]
    public void A_cloze_ranks_in_the_vocabulary_and_among_the_candidates()
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load("lama", ".");
        TaskItem item = TaskCatalogue.LoadItems(task, null, 7, tokenizer)[0];
        int Id(string label) => tokenizer.Encode(" " + label, addSpecialTokens: false)[0];
        string[] others = [.. item.Choices.Where(choice => choice != item.Answers[0])];
        float[] row = new float[KnowingModel.VocabularySize];
        row[Id("elsewhere")] = 9;
        row[Id("nowhere")] = 8;
        row[Id(others[0])] = 7;
        row[Id(item.Answers[0])] = 6;
        using LogitsModel model = new(tokenizer, KnowingModel.VocabularySize, _ => row);

        ItemResult result = Assert.Single(model.Ask(task, [item]));
        Assert.Equal(("elsewhere", 0.0), (result.Answer, result.Score));
        Assert.Equal(-3, result.Margin!.Value, 5);
        Assert.Equal(0.25, result.Metrics["mrr"]);
        Assert.Equal((1.0, 0.5, 0.0, 1.0), (
            result.Metrics["p_at_5"], result.Metrics["candidate_mrr"], result.Metrics["candidate_p_at_1"], result.Metrics["candidate_p_at_5"]));

        ItemResult ranked = Assert.Single(model.Ask(task with { Metric = "candidate_mrr" }, [item]));
        Assert.Equal((others[0], 0.5), (ranked.Answer, ranked.Score));
        Assert.Equal(-1, ranked.Margin!.Value, 5);
    }

    [Fact]
    public void Candidates_and_their_chance_come_from_the_whole_relation()
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load("lama", ".") with { Metric = "candidate_p_at_1" };
        IReadOnlyList<TaskItem> all = TaskCatalogue.LoadItems(task, null, 7, tokenizer);
        TaskItem one = Assert.Single(TaskCatalogue.LoadItems(task, 1, 7, tokenizer));
        string[] labels = [.. all.Where(item => item.Cluster == one.Cluster).Select(item => item.Answers[0]).Distinct()];
        Assert.Equal(labels.ToHashSet(), one.Choices.ToHashSet());
        Assert.Equal(1.0 / labels.Length, one.Chance);
        Assert.Equal(one.Answers[0], one.Choices[one.AnswerIndex]);
    }

    [Fact]
    public void Labels_of_several_tokens_are_left_out_and_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("d.jsonl", "{\"id\": 1, \"obj_label\": \"New York\"}\n{\"id\": 2, \"obj_label\": \"Paris\"}\n{\"id\": 3, \"obj_label\": \"Rome\"}\n");
        string path = folder.Write("x.json", """{ "name": "t", "kind": "cloze", "protocol": "p", "data": "d.jsonl", "prompt": "It is in  ", "candidates": "file" }""");
        TaskDefinition task = TaskCatalogue.Load(path, "/");
        ItemSelection selection = TaskCatalogue.SelectItems(task, null, 7, new WordTokenizer());
        Assert.Equal(["2", "3"], selection.Items.Select(item => item.Id));
        Assert.Equal(["Paris", "Rome"], selection.Items[0].Choices);
        Assert.Equal("It is in", selection.Items[0].Prompt);
        Assert.Equal("1", Assert.Single(selection.Excluded).Id);
        Assert.Contains("'New York' takes 2 tokens", selection.Excluded[0].Reason, StringComparison.Ordinal);

        WordTokenizer tokenizer = new();
        using LogitsModel model = KnowingModel.Create(tokenizer, new Dictionary<string, string> { ["It is in"] = " Paris" });
        IReadOnlyList<ItemResult> unfiltered = model.Ask(task, TaskCatalogue.LoadItems(task, null, 7));
        Assert.Equal([true, false, false], unfiltered.Select(result => result.Invalid));
        Assert.Equal([0, 1, 0], unfiltered.Select(result => result.Score));

        folder.Write("d.jsonl", "{\"id\": 1, \"obj_label\": \"New York\"}\n");
        Assert.Equal("GATE5016", Assert.Throws<GateException>(() => TaskCatalogue.SelectItems(task, null, 7, tokenizer)).Diagnostic.Code);
    }

    [Fact]
    public void Multiple_choice_takes_the_most_probable_choice()
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load("mcqa", ".");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(task, Limit, 7, tokenizer);
        // Every second item: the right choice; otherwise the one behind it.
        Dictionary<string, string> knowledge = items.Select((item, i) => (item, i)).ToDictionary(
            pair => pair.item.Prompt, pair => " " + pair.item.Choices[(pair.item.AnswerIndex + pair.i % 2) % 4]);
        using LogitsModel model = KnowingModel.Create(tokenizer, knowledge);
        IReadOnlyList<ItemResult> results = model.Ask(task, items);
        Assert.Equal(items.Select((_, i) => i % 2 == 0 ? 1.0 : 0.0), results.Select(result => result.Score));
        Assert.All(items.Zip(results), pair => Assert.Equal(knowledge[pair.First.Prompt], " " + pair.Second.Answer));
        Assert.All(results, result => Assert.Equal(result.Score == 1, result.Margin > 0));
        Assert.All(items, item => Assert.Equal(0.25, item.Chance));
    }

    [Fact]
    public void Equal_choices_go_to_the_first_and_are_counted()
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load("mcqa", ".");
        IReadOnlyList<TaskItem> items = [.. TaskCatalogue.LoadItems(task, null, 7).Where(item => item.Choices.All(choice => !choice.Contains(' ', StringComparison.Ordinal))).Take(8)];
        using LogitsModel model = new(tokenizer, KnowingModel.VocabularySize, _ => new float[KnowingModel.VocabularySize]);
        IReadOnlyList<ItemResult> results = model.Ask(task, items);
        Assert.All(items.Zip(results), pair =>
        {
            Assert.Equal(pair.First.Choices[0], pair.Second.Answer);
            Assert.Equal(3, pair.Second.Metrics["ties"]);
        });
    }

    [Fact]
    public void Perplexity_of_a_uniform_model_is_the_size_of_its_vocabulary()
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load("perplexity", ".");
        ItemSelection all = TaskCatalogue.SelectItems(task, null, 7, tokenizer);
        int[] whole = tokenizer.Encode(File.ReadAllText(task.Source.Forms[0].Path), addSpecialTokens: false);
        Assert.Equal(whole, all.Items.SelectMany(item => item.Tokens));
        Assert.Equal("window-00000", all.Items[0].Id);
        Assert.All(all.Items.SkipLast(1), item => Assert.Equal(128, item.Tokens.Length));

        using LogitsModel model = new(tokenizer, KnowingModel.VocabularySize, _ => new float[KnowingModel.VocabularySize]);
        IReadOnlyList<ItemResult> results = model.Ask(task, [all.Items[0], all.Items[^1]]);
        Assert.Equal(KnowingModel.VocabularySize, SummaryMetrics.Perplexity(results), 6);
        Assert.Equal([127, all.Items[^1].Tokens.Length - 1], results.Select(result => result.Weight));
    }

    [Theory]
    [InlineData("a b c d e", new[] { 3, 2 })]
    [InlineData("a b c d", new[] { 3 })]
    [InlineData("a b c", new[] { 3 })]
    public void A_last_window_counts_from_two_tokens_on(string text, int[] lengths)
    {
        using TemporaryFolder folder = new();
        folder.Write("d.txt", text);
        string path = folder.Write("x.json", """{ "name": "t", "kind": "perplexity", "protocol": "p", "data": "d.txt", "window": 3 }""");
        Assert.Equal(lengths, TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 7, new WordTokenizer()).Select(item => item.Tokens.Length));
    }

    [Theory]
    [InlineData("", new[] { 0, 0, 0 })]
    [InlineData(", \"bos\": \"none\", \"addSpecialTokens\": true", new[] { 0, 0, 0 })]
    [InlineData(", \"bos\": \"text\"", new[] { 1, 0, 0 })]
    [InlineData(", \"bos\": \"window\"", new[] { 1, 1, 1 })]
    [InlineData(", \"addSpecialTokens\": true", new[] { 1, 1, 1 })]
    public void The_token_of_beginning_stands_where_the_task_says(string keys, int[] opened)
    {
        using TemporaryFolder folder = new();
        Tokenizer tokenizer = Tokenizer.Open(Repository.PathOf("samples", "models", "facts-llama"))!;
        const string Text = "one two three four five six seven eight nine ten eleven twelve";
        folder.Write("d.txt", Text);
        int[] plain = tokenizer.Encode(Text, addSpecialTokens: false);
        int bos = tokenizer.BeginningOfSequence!.Value, window = (plain.Length + 2) / 3 + 1;
        string path = folder.Write("x.json", $$"""{ "name": "t", "kind": "perplexity", "protocol": "p", "data": "d.txt", "window": {{window}}{{keys}} }""");
        int[][] windows = [.. TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 7, tokenizer).Select(item => item.Tokens.ToArray())];
        Assert.Equal(opened.Take(windows.Length), windows.Select(tokens => tokens[0] == bos ? 1 : 0));
        Assert.Equal(plain, windows.SelectMany(tokens => tokens.Where(token => token != bos)));
        Assert.All(windows, tokens => Assert.InRange(tokens.Length, 2, window));
    }

    [Fact]
    public void Lines_can_be_documents_of_their_own()
    {
        using TemporaryFolder folder = new();
        folder.Write("d.txt", "a b c d\r\n\nx\ne f");
        string path = folder.Write("x.json", """{ "name": "t", "kind": "perplexity", "protocol": "p", "data": "d.txt", "window": 2, "text": "lines" }""");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 7, new WordTokenizer());
        Assert.Equal(["line-00001-window-00000", "line-00001-window-00001", "line-00004-window-00000"], items.Select(item => item.Id));
        Assert.Equal(["line-00001", "line-00001", "line-00004"], items.Select(item => item.Cluster));
    }

    [Theory]
    [InlineData("lama")]
    [InlineData("factoid-qa")]
    [InlineData("mcqa")]
    [InlineData("incontext-qa")]
    [InlineData("perplexity")]
    public void A_dead_model_is_never_right(string name)
    {
        WordTokenizer tokenizer = new();
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        using LogitsModel model = KnowingModel.Dead(tokenizer);
        IReadOnlyList<ItemResult> results = model.Ask(task, TaskCatalogue.LoadItems(task, 3, 7, tokenizer));
        Assert.All(results, result => Assert.True(result.Invalid));
        Assert.Equal(name == "perplexity" ? double.NaN : 0, name == "perplexity" ? SummaryMetrics.Perplexity(results) : SummaryMetrics.Mean(results));
    }
}
