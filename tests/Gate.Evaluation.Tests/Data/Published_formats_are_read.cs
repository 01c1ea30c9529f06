using System.Text.Json.Serialization;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Parquet.Serialization;

namespace Gate.Evaluation.Tests.Data;

public sealed class Published_formats_are_read
{
    [Fact]
    public void Separated_text_keeps_every_cell_as_text()
    {
        IReadOnlyList<TaskItem> items = Items(
            """{ "path": "d.csv", "columns": [ "q", "a" ] }""", "d.csv", "\"Is it \"\"NA\"\", or\nnone?\",NA\n007,None\n", """ "fields": { "id": "@index", "answers": "a" }, "prompt": "{q}" """);
        Assert.Equal(["Is it \"NA\", or\nnone?", "007"], items.Select(item => item.Prompt));
        Assert.Equal(["NA", "None"], items.Select(item => item.Answers[0]));
        Assert.Equal(["00000", "00001"], items.Select(item => item.Id));
    }

    [Fact]
    public void Tabs_a_header_and_JSON_inside_a_cell()
    {
        TaskItem item = Assert.Single(Items(
            "\"d.tsv\"", "d.tsv", "id\tquestion\tpossible_answers\n7\tWho?\t\"[\"\"politician\"\", \"\"pol\"\"]\"\n", """ "fields": { "answers": "possible_answers|json" }, "prompt": "{question}" """));
        Assert.Equal(("7", "Who?"), (item.Id, item.Prompt));
        Assert.Equal(["politician", "pol"], item.Answers);
    }

    [Fact]
    public void A_list_at_a_place_of_a_JSON_document_with_its_line()
    {
        const string Json = "{ \"Version\": 1,\n \"Data\": [ { \"Q\": \"a\", \"A\": { \"Aliases\": [ \"x\", \"y\" ] } },\n {\"Q\": 3 } ] }";
        Assert.Equal(["x", "y"], Assert.Single(Items("""{ "path": "d.json", "at": "Data" }""", "d.json", Json.Replace(",\n {\"Q\": 3 }", "", StringComparison.Ordinal), Nested)).Answers);
        GateException error = Assert.Throws<GateException>(() => Items("""{ "path": "d.json", "at": "Data" }""", "d.json", Json, Nested));
        Assert.Equal(("GATE5013", 3), (error.Diagnostic.Code, error.Diagnostic.Location!.Line));
        Assert.Equal("GATE5032", Assert.Throws<GateException>(() => Items("""{ "path": "d.json", "at": "Items" }""", "d.json", Json, Nested)).Diagnostic.Code);
    }

    [Fact]
    public async Task Parquet_with_lists_and_groups()
    {
        using TemporaryFolder folder = new();
        await ParquetSerializer.SerializeAsync(
            [new Row { Question = "Which?", Choices = new Options { Text = ["one", "two"], Label = ["1", "2"] }, AnswerKey = "2", Rank = 3 }],
            Path.Combine(folder.Path, "d.parquet"), cancellationToken: TestContext.Current.CancellationToken);
        TaskItem item = Assert.Single(Load(folder, "\"d.parquet\"", "multiple-choice",
            """ "fields": { "id": "@index", "choices": "choices.text", "labels": "choices.label", "answer": "answerKey" }, "prompt": "{question}" """));
        Assert.Equal((1, "two"), (item.AnswerIndex, item.Answers[0]));
        folder.Write("d.parquet", "PAR1 and nothing else");
        Assert.Equal("GATE5033", Refusal().Diagnostic.Code);
        folder.Write("d.parquet", "version https://git-lfs.github.com/spec/v1\n");
        Assert.Contains("git lfs pull", Refusal().Message, StringComparison.Ordinal);

        GateException Refusal() => Assert.Throws<GateException>(() => Load(folder, "\"d.parquet\"", "multiple-choice", """ "prompt": "{question}" """));
    }

    [Theory]
    [InlineData("\"answer\": true", 1)]
    [InlineData("\"answer\": \"B\"", 1)]
    [InlineData("\"answer\": \"1\"", 1)]
    [InlineData("\"answer\": \"yes\"", 1)]
    [InlineData("\"answer\": 0", 0)]
    public void Constant_choices_and_answers_in_every_notation(string answer, int expected) => Assert.Equal(expected, Assert.Single(Items(
        "\"d.jsonl\"", "d.jsonl", $"{{ \"q\": \"Is it?\", {answer} }}", """ "fields": { "id": "@index", "choices": [ "no", "yes" ] }, "prompt": "{q}" """, "multiple-choice")).AnswerIndex);

    [Fact]
    public void One_bad_row_of_many_is_left_out_and_named_more_refuse_the_file()
    {
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => $"{{ \"id\": {i}, \"question\": \"q{i}\", \"answers\": \"a\" }}")];
        lines[41] = "{ \"id\": 41, \"question\": \"q\", \"answers\": \" \" }";
        using TemporaryFolder folder = new();
        folder.Write("d.jsonl", string.Join('\n', lines));
        ItemSelection selection = TaskCatalogue.SelectItems(Task(folder, "\"d.jsonl\"", "closed-book-qa", """ "prompt": "{question}" """), null, 0, null);
        Assert.Equal(199, selection.Items.Length);
        Assert.EndsWith("d.jsonl:42", Assert.Single(selection.Excluded).Id, StringComparison.Ordinal);
        lines[42] = "{";
        lines[43] = "[]";
        folder.Write("d.jsonl", string.Join('\n', lines));
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.SelectItems(Task(folder, "\"d.jsonl\"", "closed-book-qa", """ "prompt": "{question}" """), null, 0, null));
        Assert.Equal(ExitCode.InputUnavailable, error.ExitCode);
        Assert.Contains("3 of 200 rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_published_elsewhere_is_asked_for_by_name()
    {
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load("gsm8k", "."), null, 0));
        Assert.Equal(("GATE5030", ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
        Assert.Contains("github.com/openai/grade-school-math", error.Diagnostic.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_extends_another_and_a_task_is_repeated_over_values()
    {
        using TemporaryFolder folder = new();
        folder.Write("base.json", """{ "name": "b", "kind": "closed-book-qa", "protocol": "p", "data": "{s}.jsonl", "each": { "s": [ "x", "y" ] }, "description": "About {s}.\n", "prompt": "{q}", "fields": { "id": "@index", "group": "s" } }""");
        folder.Write("x.json", """{ "include": "base.json", "name": "mine", "fields": { "answers": "gold" } }""");
        folder.Write("x.jsonl", """{ "q": "1", "gold": "a" }""");
        folder.Write("y.jsonl", """{ "q": "2", "gold": "b" }""");
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(TaskCatalogue.Load("x.json", folder.Path), null, 0);
        Assert.Equal(["x-00000", "y-00000"], items.Select(item => item.Id));
        Assert.Equal(["About x.\n1", "About y.\n2"], items.Select(item => item.Prompt));
        folder.Write("base.json", """{ "include": "x.json", "name": "b" }""");
        Assert.Equal("GATE5038", Assert.Throws<GateException>(() => TaskCatalogue.Load("x.json", folder.Path)).Diagnostic.Code);
    }

    [Theory]
    [InlineData("{q|stripp}", "there is no function 'stripp'")]
    [InlineData("{q|before}", "takes 1 texts")]
    [InlineData("{q[x]}", "holds no place")]
    public void A_wrong_expression_is_refused_where_it_stands(string prompt, string fragment)
    {
        using TemporaryFolder folder = new();
        GateException error = Assert.Throws<GateException>(() => Task(folder, "\"d.jsonl\"", "closed-book-qa", $"\"prompt\": \"{prompt}\""));
        Assert.Equal("GATE5006", error.Diagnostic.Code);
        Assert.Contains(fragment, error.Message, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        [JsonPropertyName("question")]
        public string? Question { get; set; }

        [JsonPropertyName("choices")]
        public Options? Choices { get; set; }

        [JsonPropertyName("answerKey")]
        public string? AnswerKey { get; set; }

        [JsonPropertyName("rank")]
        public int? Rank { get; set; }
    }

    private sealed class Options
    {
        [JsonPropertyName("text")]
        public List<string>? Text { get; set; }

        [JsonPropertyName("label")]
        public List<string>? Label { get; set; }
    }

    private const string Nested = """ "fields": { "id": "@index", "answers": "A.Aliases" }, "prompt": "{Q}" """;

    private static IReadOnlyList<TaskItem> Items(string data, string file, string content, string keys, string kind = "closed-book-qa")
    {
        using TemporaryFolder folder = new();
        folder.Write(file, content);
        return Load(folder, data, kind, keys);
    }

    private static IReadOnlyList<TaskItem> Load(TemporaryFolder folder, string data, string kind, string keys) => TaskCatalogue.LoadItems(Task(folder, data, kind, keys), null, 0);

    private static TaskDefinition Task(TemporaryFolder folder, string data, string kind, string keys) =>
        TaskCatalogue.Load(folder.Write("t.json", $$"""{ "name": "t", "kind": "{{kind}}", "protocol": "p@1", "data": {{data}}, {{keys}} }"""), "/");
}
