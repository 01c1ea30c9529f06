using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Tests.TaskFiles;

public sealed class Files_that_a_task_names_are_its_own : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Files_that_a_task_names_are_its_own()
    {
        foreach (string name in new[] { "outside.jsonl", "gate/inside.jsonl", "gate/tasks/beside.jsonl" })
            _folder.Write(name, "{\"id\": \"a\", \"question\": \"q\", \"answers\": \"x\"}");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "gate", "out"), _folder.Path);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "alias"), Path.Combine(_folder.Path, "gate"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "gate", "tasks", "link.jsonl"), "../../outside.jsonl");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "gate", "tasks", "loop.jsonl"), "loop.jsonl");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("beside.jsonl")]
    [InlineData("../inside.jsonl")]
    [InlineData("../../gate/./inside.jsonl")]
    [InlineData("../out/gate/inside.jsonl")]
    public void What_is_below_the_folder_of_the_task_or_the_configuration_is_read(string data) => Assert.Single(TaskCatalogue.LoadItems(Load(data), null, 0));

    [Theory]
    [InlineData("../../outside.jsonl")]
    [InlineData("/etc/passwd")]
    [InlineData("link.jsonl")]
    [InlineData("../out/outside.jsonl")]
    public void What_is_outside_of_both_is_refused_with_its_place_also_behind_a_link_and_read_when_that_is_allowed(string data)
    {
        foreach (string key in new[] { "data", "shots" })
        {
            GateException error = Assert.Throws<GateException>(() => Load(data, key));
            Assert.Equal(("GATE5018", ExitCode.InvalidUsage, 2), (error.Diagnostic.Code, error.ExitCode, error.Diagnostic.Location!.Line));
        }

        Assert.EndsWith(Path.GetFileName(data), Load(data, allowed: true).Source.Forms[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_never_end_are_no_file() =>
        Assert.Equal("GATE5010", Assert.Throws<GateException>(() => TaskCatalogue.LoadItems(Load("loop.jsonl"), null, 0)).Diagnostic.Code);

    [Fact]
    public void A_configuration_that_is_reached_through_a_link_is_the_same_one()
    {
        Write("../inside.jsonl", "data");
        Assert.Single(TaskCatalogue.LoadItems(TaskCatalogue.Load("tasks/x.json", Path.Combine(_folder.Path, "alias")), null, 0));
    }

    private TaskDefinition Load(string data, string key = "data", bool allowed = false)
    {
        Write(data, key);
        return TaskCatalogue.Load("tasks/x.json", Path.Combine(_folder.Path, "gate"), allowed);
    }

    private void Write(string data, string key) => _folder.Write(
        "gate/tasks/x.json",
        $$"""{ "name": "x", "kind": "closed-book-qa", "protocol": "p/x@1", "prompt": "{question}",""" + "\n" + (key == "data" ? "" : "\"data\": \"beside.jsonl\", ") + $"\"{key}\": \"{data}\" }}");
}
