namespace Gate.Evaluation.Tasks;

/// <summary>The kinds of task; a new one is a file beside this one and a line here.</summary>
internal static class TaskKinds
{
    /// <summary>All kinds, in the order of <see cref="TaskKind"/>.</summary>
    public static IReadOnlyList<ITaskKind> All { get; } = [new Cloze(), new ClosedBookQa(), new MultipleChoice(), new InContextQa(), new Perplexity()];

    /// <summary>The implementation of a kind.</summary>
    public static ITaskKind Of(TaskKind kind) => All.First(candidate => candidate.Kind == kind);
}
