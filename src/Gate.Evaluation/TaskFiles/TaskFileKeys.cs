namespace Gate.Evaluation.TaskFiles;

/// <summary>The keys of a task file, spelt once; docs/tasks.md says what each means.</summary>
internal static class TaskFileKeys
{
    public const string Schema = "$schema", Name = "name", Title = "title", Notes = "notes", Kind = "kind", Protocol = "protocol", Data = "data",
        Prompt = "prompt", Fields = "fields", Metric = "metric", AddSpecialTokens = "addSpecialTokens", TargetDelimiter = "targetDelimiter",
        Description = "description", Shots = "shots", ShotCount = "shotCount", ShotDelimiter = "shotDelimiter", Normalizer = "normalizer",
        Stops = "stops", MaximumNewTokens = "maxNewTokens", Candidates = "candidates", Window = "window", Text = "text",
        ClusterScope = "clusterScope";

    /// <summary>Keys of every task file.</summary>
    public static IReadOnlyList<string> Common { get; } = [Schema, Name, Title, Notes, Kind, Protocol, Data, Metric, AddSpecialTokens, ClusterScope];

    /// <summary>Keys of the kinds that ask with a prompt.</summary>
    public static IReadOnlyList<string> Prompted { get; } = [Prompt, Fields, TargetDelimiter, Description, Shots, ShotCount, ShotDelimiter];

    /// <summary>Keys of the object under <see cref="Fields"/>.</summary>
    public static IReadOnlyList<string> FieldRoles { get; } = ["id", "question", "context", "answers", "choices", "answer", "cluster", "group"];
}
