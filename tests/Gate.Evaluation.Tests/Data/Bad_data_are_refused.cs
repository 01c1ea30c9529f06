using System.Text;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Tests.Data;

public sealed class Bad_data_are_refused
{
    private const string Good = "{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": 1, \"answers\": [\"x\"]}\n";

    [Theory]
    [InlineData("", "GATE5011", 0, "is empty")]
    [InlineData("\n \r\n", "GATE5011", 0, "has no items")]
    [InlineData(Good + "[1]", "GATE5012", 2, "holds a list, expected an object")]
    [InlineData(Good + "{\"id\": ", "GATE5012", 2, "not valid JSON")]
    [InlineData(Good + "{} {}", "GATE5012", 2, "not valid JSON")]
    [InlineData(Good + Good, "GATE5014", 2, "line 2 and already in line 1")]
    [InlineData("{\"id\": \"\", \"question\": \"q\"}", "GATE5013", 1, "'id' must be an id that is not empty")]
    [InlineData("{\"question\": \"q\"}", "GATE5013", 1, "has no field 'id'")]
    [InlineData("{\"id\": null}", "GATE5013", 1, "found null")]
    [InlineData("{\"id\": [\"a\"]}", "GATE5013", 1, "found a list")]
    [InlineData("{\"id\": \"a\", \"quest\": \"q\"}", "GATE5013", 1, "no field 'question'")]
    [InlineData("{\"id\": \"\\udc00\", \"question\": \"q\"}", "GATE5013", 1, "valid Unicode")]
    [InlineData(Good + "{\"\\ud800\": 1, \"id\": \"b\", \"question\": \"q\"}", "GATE5012", 2, "name is not valid Unicode")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\"}", "GATE5013", 1, "no field 'choices'")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\"], \"answer\": 0}", "GATE5013", 1, "at least 2 choices, found 1")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [], \"answer\": 0}", "GATE5013", 1, "an empty list")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"\"], \"answer\": 0}", "GATE5013", 1, "an empty text at index 1")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", {}], \"answer\": 0}", "GATE5013", 1, "an object in it")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": 2}", "GATE5015", 1, "is 2, expected an index from 0 to 1")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": -1}", "GATE5015", 1, "is -1")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": \"z\"}", "GATE5013", 1, "a place from 0, a letter, or one of")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": 0.5}", "GATE5013", 1, "found the number 0.5")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"choices\": [\"x\", \"y\"], \"answer\": NaN}", "GATE5013", 1, "null (or NaN)")]
    public void Of_multiple_choice_with_line_and_field(string data, string code, int line, string fragment) =>
        Refused("multiple-choice", data, code, line, fragment);

    [Theory]
    [InlineData("{\"id\": \"a\", \"question\": \"q\"}", "no field 'answers'")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"answers\": []}", "an empty list")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"answers\": [\" \", \"\"]}", "'exact/1' leaves something")]
    [InlineData("{\"id\": \"a\", \"question\": \"q\", \"answers\": true}", "found true")]
    public void Of_questions_with_line_and_field(string data, string fragment) => Refused("closed-book-qa", data, "GATE5013", 1, fragment);

    [Fact]
    public void Of_in_context_questions_without_context() =>
        Refused("in-context-qa", "{\"id\": \"a\", \"question\": \"q\", \"answers\": \"x\"}", "GATE5013", 1, "no field 'context'");

    [Fact]
    public void A_missing_file_is_named() => Refused("multiple-choice", null, "GATE5010", 0, "d.jsonl");

    [Fact]
    public void A_limit_below_1_is_refused()
    {
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load("mcqa", "."), 0, 7));
        Assert.Equal(("GATE5008", ExitCode.InvalidUsage), (error.Diagnostic.Code, error.ExitCode));
    }

    [Fact]
    public void Marks_carriage_returns_blank_lines_separators_and_unused_NaN_are_data()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "closed-book-qa", null);
        byte[] text = Encoding.UTF8.GetBytes(
            "\uFEFF{\"id\": 1, \"question\": \"a\u2028b\u0085c\", \"answers\": 1984, \"x\": NaN, \"y\": [-Infinity, Infinity], \"z\": \"NaN \\\" NaN\"}\r\n\r\n" +
            "{\"id\": \"2\", \"question\": \"NaN\", \"answers\": [\"x\", 2.50]}");
        File.WriteAllBytes(Path.Combine(folder.Path, "d.jsonl"), text);
        IReadOnlyList<TaskItem> items = TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0);
        Assert.Equal(["1", "2"], items.Select(item => item.Id));
        Assert.Equal(["a\u2028b\u0085c", "NaN"], items.Select(item => item.Prompt));
        Assert.Equal(["1984"], items[0].Answers);
        Assert.Equal(["x", "2.50"], items[1].Answers);
    }

    [Theory]
    [InlineData("d.jsonl", "{\"id\": \"0\", \"question\": \"q\", \"answers\": \"x\"}\n", "{\"id\": \"1\", \"ques")]
    [InlineData("d.csv", "id,question,answers\n0,q,x\n", "1,q")]
    public void A_file_that_ends_in_the_middle_of_a_row_is_refused_however_long_it_is(string name, string head, string cut)
    {
        using TemporaryFolder folder = new();
        string row = head.TrimEnd('\n').Split('\n')[^1] + "\n", path = folder.Write(
            "x.json", $$"""{ "name": "t", "kind": "closed-book-qa", "protocol": "p", "data": "{{name}}", "prompt": "{question}", "fields": { "id": "@line" } }""");
        folder.Write(name, head + string.Concat(Enumerable.Repeat(row, 500)) + cut);
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0));
        Assert.Equal("GATE5012", error.Diagnostic.Code);
        Assert.Contains("ends in the middle", error.Message, StringComparison.Ordinal);

        // The same row with its end is one bad row among many.
        folder.Write(name, head + string.Concat(Enumerable.Repeat(row, 500)) + cut + "\n");
        Assert.Equal(501, TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0).Count);
    }

    [Fact]
    public void A_field_whose_name_is_not_UTF8_is_refused_with_the_line()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "closed-book-qa", null);
        File.WriteAllBytes(Path.Combine(folder.Path, "d.jsonl"), [.. "{\"id\": \"1\", \""u8, 0xFF, .. "\": 1, \"question\": \"q\"}"u8]);
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0));
        Assert.Equal(("GATE5012", ExitCode.InputUnavailable, 1), (error.Diagnostic.Code, error.ExitCode, error.Diagnostic.Location!.Line));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_the_line()
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "closed-book-qa", null);
        File.WriteAllBytes(Path.Combine(folder.Path, "d.jsonl"), [.. "{\"id\": \"1\", \"question\": \""u8, 0xFF, .. "\", \"answers\": \"x\"}"u8]);
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0));
        Assert.Equal(1, error.Diagnostic.Location!.Line);
        Assert.Equal(ExitCode.InputUnavailable, error.ExitCode);
    }

    [Fact]
    public void Items_without_ids_can_be_named_after_their_line()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.json", """{ "name": "t", "kind": "closed-book-qa", "protocol": "p", "data": "d.jsonl", "prompt": "{q}", "fields": { "id": "@line" } }""");
        folder.Write("d.jsonl", "{\"q\": \"a\", \"answers\": \"x\"}\n\n{\"q\": \"b\", \"answers\": \"x\"}\n");
        Assert.Equal(["line-00001", "line-00003"], TaskCatalogue.LoadItems(TaskCatalogue.Load(path, "/"), null, 0).Select(item => item.Id));
    }

    private static void Refused(string kind, string? data, string code, int line, string fragment)
    {
        using TemporaryFolder folder = new();
        TaskDefinition task = TaskCatalogue.Load(Write(folder, kind, data), "/");
        GateException error = Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(task, null, 0));
        Assert.Equal((code, ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
        Assert.Contains(fragment, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Diagnostic.Location!.Line);
        Assert.NotNull(DiagnosticCatalogue.Find(code));
    }

    private static string Write(TemporaryFolder folder, string kind, string? data)
    {
        if (data is not null)
            folder.Write("d.jsonl", data);
        return folder.Write("x.json", $$"""{ "name": "t", "kind": "{{kind}}", "protocol": "p@1", "data": "d.jsonl", "prompt": "{question}" }""");
    }
}
