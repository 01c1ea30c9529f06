namespace Gate.Evaluation.Forms;

/// <summary>The forms of task; a new one is a file beside this one and a line here.</summary>
internal static class TaskForms
{
    /// <summary>All forms.</summary>
    public static IReadOnlyList<ITaskForm> All { get; } =
    [
        new Rank(), new Generation("closed-book-qa"), new Choices(), new Generation("in-context-qa", needsContext: true), new Windows(), new Generation("generation"),
        new Continuation(), new Documents(),
    ];

    /// <summary>The form of a task's kind.</summary>
    public static ITaskForm Of(string kind) => All.First(form => form.Name == kind);
}
