using Gate.Evaluation.TaskFiles;
using Gate.Tests;

namespace Gate.Evaluation.Tests.TaskFiles;

public sealed class The_schema_of_task_files
{
    [Fact]
    public void Is_made_from_the_keys() =>
        Assert.Equal(File.ReadAllText(Repository.PathOf("docs", "schemas", "v1", "task.schema.json")), TaskFileReference.Schema());
}
