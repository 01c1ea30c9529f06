using Gate.Evaluation.Suites;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Tests.TaskFiles;

public sealed class Task_files_say_how_to_ask
{
    private const string Text = """
        {
          // Comments are fine.
          "name": "capitals", "kind": "closed-book-qa", "protocol": "p@1", "data": "d.jsonl",
          "prompt": "Q: {question} {{{hint}}}\nA:", "normalizer": "squad/1", "description": "Answer.\n\n",
          "shots": [ { "question": "Capital of Peru?", "hint": "L", "answers": ["Lima", "LIMA"] }, /* two */ { "question": "Of Chile?", "hint": 7, "answers": "Santiago" }, ],
          "shotCount": 1,
        }
        """;

    [Fact]
    public void The_built_in_tasks_come_in_suite_order()
    {
        Assert.Equal(["lama", "factoid-qa", "mcqa", "incontext-qa", "perplexity"], TaskCatalogue.BuiltInNames);
        Assert.Equal([.. TaskCatalogue.BuiltInNames, "incontext-qa-hard", "lama-unseen"], TaskCatalogue.AllBuiltInNames.Where(name => TaskCatalogue.Load(name, ".").Published.IsEmpty));
        Assert.Equal(
            ["cloze", "closed-book-qa", "multiple-choice", "in-context-qa", "perplexity"],
            TaskCatalogue.BuiltInNames.Select(name => TaskCatalogue.Load(name, ".").Kind));
        Assert.Equal([1, 1, 1, 1, 0], SuiteCatalogue.Load("facts", ".").Tasks.Select(task => task.Weight));
    }

    [Fact]
    public void A_task_of_ones_own_is_read_like_a_built_in_one()
    {
        foreach (string name in TaskCatalogue.AllBuiltInNames.Where(name => TaskCatalogue.Load(name, ".").Published.IsEmpty))
        {
            string path = Path.Combine(SuiteCatalogue.BuiltInFolder, "facts", name + ".task.json");
            TaskDefinition own = TaskCatalogue.Load(Path.GetFileName(path), Path.GetDirectoryName(path)!);
            TaskDefinition builtIn = TaskCatalogue.Load(name, "/");
            Assert.Equal(name, own.Name);
            Assert.Equal(builtIn.DefinitionHash, own.DefinitionHash);
            Assert.Equal(builtIn.Source.Forms[0].Path, own.Source.Forms[0].Path);
        }
    }

    [Fact]
    public void Description_and_examples_stand_before_every_prompt()
    {
        using TemporaryFolder folder = new();
        folder.Write("x.json", Text);
        folder.Write("d.jsonl", """{"id": 1, "question": "Of Peru?", "hint": "x", "answers": "Lima"}""");
        TaskItem item = Assert.Single(TaskCatalogue.LoadItems(TaskCatalogue.Load("x.json", folder.Path), null, 0));
        Assert.Equal("Answer.\n\nQ: Capital of Peru? {L}\nA: Lima\n\nQ: Of Peru? {x}\nA:", item.Prompt);
        Assert.Equal(("1", "Of Peru?"), (item.Id, item.Question));
    }

    [Fact]
    public void An_item_that_is_an_example_is_left_out_and_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("x.json", Text);
        folder.Write("d.jsonl", """
            {"id": 1, "question": "Capital of Peru?", "hint": "L", "answers": "Lima"}
            {"id": 2, "question": "Of Chile?", "hint": "7", "answers": "Santiago"}
            """);
        ItemSelection selection = TaskCatalogue.SelectItems(TaskCatalogue.Load("x.json", folder.Path), null, 0, null);
        Assert.Equal(("2", "1"), (Assert.Single(selection.Items).Id, Assert.Single(selection.Excluded).Id));
    }

    [Fact]
    public void Examples_may_stand_in_a_file()
    {
        using TemporaryFolder folder = new();
        folder.Write("s.jsonl", """{ "question": "Capital of Peru?", "hint": "L", "answers": ["Lima"] }""");
        folder.Write("x.json", Text);
        string preamble = TaskCatalogue.Load("x.json", folder.Path).Settings.Preamble;
        folder.Write("x.json", Text[..Text.IndexOf("\"shots\"", StringComparison.Ordinal)] + "\"shots\": \"s.jsonl\" }");
        Assert.Equal(preamble, TaskCatalogue.Load("x.json", folder.Path).Settings.Preamble);
    }

    [Theory]
    [Trait("Complaint", "16")]
    [InlineData("\"squad/1\"", "\"exact/1\"")]
    [InlineData("A:", "A: ")]
    [InlineData("p@1", "p@2")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 2")]
    [InlineData("Answer.", "Answer!")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 1, \"metric\": \"f1\"")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 1, \"maxNewTokens\": 9")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 1, \"stops\": [\".\"]")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 1, \"addSpecialTokens\": false")]
    public void Whatever_decides_a_score_changes_the_hash(string old, string replacement) =>
        Assert.NotEqual(HashOf(Text), HashOf(Text.Replace(old, replacement, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"capitals\"", "\"cities\"")]
    [InlineData("// Comments are fine.", "\"title\": \"T\", \"notes\": \"N\",")]
    [InlineData("\"shotCount\": 1", "\"shotCount\": 1, \"maxNewTokens\": 8")]
    public void Whatever_does_not_leaves_it(string old, string replacement) =>
        Assert.Equal(HashOf(Text), HashOf(Text.Replace(old, replacement, StringComparison.Ordinal)));

    [Fact]
    public void A_suite_of_ones_own_lists_names_paths_and_weights()
    {
        using TemporaryFolder folder = new();
        folder.Write("suite.json", """{ "name": "mine", "tasks": [ "lama", { "task": "x.json", "weight": 2.5 } ] }""");
        Assert.Equal([new SuiteTask("lama", 1), new SuiteTask("x.json", 2.5)], SuiteCatalogue.Load("suite.json", folder.Path).Tasks);
    }

    [Fact]
    public void A_preview_shows_the_first_prompt()
    {
        TaskPreview preview = TaskPreview.Create(TaskCatalogue.Load("mcqa", "."));
        Assert.Equal((1187, "mc-P17-f4e6254a", 0.25), (preview.Items, preview.ItemId, preview.Chance));
        Assert.Equal("Question: In which country is Berhala Island, Sabah located?\nAnswer:", preview.Prompt);
        Assert.Equal(["Malaysia"], preview.Expected);
        Assert.StartsWith("The topic of this note", TaskPreview.Create(TaskCatalogue.Load("perplexity", ".")).Prompt, StringComparison.Ordinal);
    }

    private static string HashOf(string text)
    {
        using TemporaryFolder folder = new();
        return TaskCatalogue.Load(folder.Write("x.json", text), "/").DefinitionHash;
    }
}
