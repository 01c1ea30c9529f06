using Gate.Evaluation.Forms;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>
/// A key of a task file: the one place that says its name, type and meaning, how it is read and what of it decides a score. The file's reader, the options in reports, the
/// definition's hash, the JSON schema and the reference page derive from it.
/// </summary>
/// <param name="Name">As it is spelt in the file.</param>
/// <param name="Type">What its value must be: a JSON schema.</param>
/// <param name="Description">What it means, for people.</param>
internal sealed record TaskKey(string Name, string Type, string Description)
{
    /// <summary>The task with what the file says; called whether or not the key is there.</summary>
    public Func<TaskFileScope, TaskDefinition, TaskDefinition> Read { get; init; } = (_, task) => task;

    /// <summary>Names and texts of what decides a score, for options and hash. A key that has come later says nothing as long as it is not used, so that older files keep their
    /// hash, and with it the answers given before.</summary>
    public Func<TaskDefinition, IEnumerable<KeyValuePair<string, string>>> Options { get; init; } = _ => [];

    /// <summary>One option of the key's own name, or none where it is null.</summary>
    public static Func<TaskDefinition, IEnumerable<KeyValuePair<string, string>>> Option(string name, Func<TaskDefinition, string?> text) =>
        task => text(task) is { } value ? [new(name, value)] : [];
}

/// <summary>A task file while it is read.</summary>
/// <param name="File">Its keys, those of included files among them.</param>
/// <param name="Form">The form its kind names.</param>
/// <param name="FilesOf">The files that a key may name, by the file that it stands in.</param>
internal sealed record TaskFileScope(KeyedObject File, ITaskForm Form, Func<string, NamedFiles> FilesOf);
