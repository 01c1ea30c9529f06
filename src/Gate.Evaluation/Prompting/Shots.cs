using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Sampling;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Prompting;

/// <summary>
/// Description and examples before every prompt: description, then for each example its prompt, the target delimiter, its answer and the shot delimiter. Where nothing of it
/// depends on the item, it is the same text for all.
/// </summary>
internal sealed class Shots
{
    private readonly TaskDefinition _task;
    private readonly ImmutableArray<DataRecord> _pool;
    private readonly PythonRandom? _stream;
    private readonly string? _same;

    private Shots(TaskDefinition task, ImmutableArray<DataRecord> pool)
    {
        _task = task;
        _pool = pool;
        _stream = task.Settings.Shots.Drawn ? new PythonRandom(task.Settings.Shots.Seed) : null;
        _same = IsFixed(task) ? Text(null, [.. pool.Take(Count)]) : null;
    }

    /// <summary>How many examples stand before a prompt.</summary>
    public int Count => _task.Settings.Shots.Count ?? _pool.Length;

    /// <summary>The text before every prompt, or null when it depends on the item.</summary>
    public string? SameForAll => _same;

    /// <summary>Whether the text before a prompt depends neither on the item nor on what the task is repeated over.</summary>
    public static bool IsFixed(TaskDefinition task) => !task.Settings.Shots.Drawn && task.Settings.Shots.Same is null && task.Settings.Each is null
        && !PromptTemplate.Parse(task.Settings.Description, null).Fields.Any();

    /// <summary>Reads the examples of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="variables">The values it is repeated over.</param>
    /// <exception cref="GateException">Exit 4: a row of an example cannot be used, or there are fewer than asked for.</exception>
    public static Shots Open(TaskDefinition task, ImmutableDictionary<string, string> variables)
    {
        ShotOptions options = task.Settings.Shots;
        if (options.Count == 0)
            return new Shots(task, []);
        BadRows bad = new(0);
        ImmutableArray<DataRecord> pool = options.Source is { } source ? [.. DataRows.Read(source, variables, task.Published, bad)]
            : [.. options.Listed.Select(record => record with { Variables = variables })];
        bad.Check(pool.Length);
        if (options.Same is null && options.Count is { } count && count + (options.Drawn ? options.Spare : 0) > pool.Length)
        {
            throw GateException.Input(
                "GATE5036", $"the task '{task.Name}' takes {count} examples, and there are {pool.Length}", pool.IsEmpty ? null : pool[0].Location,
                "lower 'shotCount', or give the file more examples");
        }

        return new Shots(task, [.. pool.Select(record => ItemReader.WithDerived(record, task.Settings))]);
    }

    /// <summary>Which examples the next item has, where they are drawn; the stream goes on with every item, whether it can be asked or not.</summary>
    public ImmutableArray<int> Draw() => _stream?.Sample(_pool.Length, Count == 0 ? 0 : Count + _task.Settings.Shots.Spare) ?? [];

    /// <summary>What stands before an item's prompt.</summary>
    /// <param name="item">The item's row.</param>
    /// <param name="drawn">What was drawn for it.</param>
    /// <exception cref="GateException">Exit 4: a field that a template names is missing.</exception>
    public string Preamble(DataRecord item, ImmutableArray<int> drawn)
    {
        if (_same is not null)
            return _same;
        if (_stream is not null)
            return Text(item, [.. drawn.Select(index => _pool[index]).Where(shot => _task.Settings.Shots.Spare == 0 || !IsSame(shot, item)).Take(Count)]);
        if (_task.Settings.Shots.Same is not { } field)
            return Text(item, [.. _pool.Take(Count)]);
        string value = item.RequireText(field);
        DataRecord[] alike = [.. _pool.Where(shot => shot.RequireText(field) == value).Take(_task.Settings.Shots.Count ?? int.MaxValue)];
        return alike.Length >= (_task.Settings.Shots.Count ?? 1) ? Text(item, [.. alike]) : throw item.Wrong(
            field, string.Create(CultureInfo.InvariantCulture, $"one of which there are {Count} examples"), $"'{value}' with {alike.Length}");
    }

    private static bool IsSame(DataRecord shot, DataRecord item) => shot.Values.GetRawText() == item.Values.GetRawText();

    private string Text(DataRecord? item, ImmutableArray<DataRecord> shots)
    {
        TaskSettings settings = _task.Settings;
        PromptTemplate description = PromptTemplate.Parse(settings.Description, null);
        StringBuilder text = new(item is null ? description.Render(_ => "") : ItemReader.Render(description, item, settings.Fields));
        foreach (DataRecord shot in shots)
        {
            // An example with a target of its own need not have the fields of an item.
            (string prompt, string answer) = settings.Shots.Target is { } target
                ? (ItemReader.Render(settings.Shots.Prompt ?? _task.Prompt, shot, settings.Fields), ItemReader.Render(target, shot, settings.Fields))
                : TaskForms.Of(_task.Kind).Example(_task, shot);
            text.Append(prompt).Append(settings.Shots.TargetDelimiter ?? settings.TargetDelimiter).Append(answer)
                .Append(settings.Shots.Delimiter);
        }

        return text.ToString();
    }
}
