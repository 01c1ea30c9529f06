using System.Collections.Immutable;
using System.Globalization;
using Gate.Diagnostics;
using Gate.Evaluation.Prompting;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.Forms;

/// <summary>What the forms that read rows share: ids, prompts, examples, clusters, hashes, rows that cannot be used.</summary>
internal static class ItemReader
{
    /// <summary>The items of a task's rows, in their order. Hashes are not set yet.</summary>
    /// <param name="task">The task.</param>
    /// <param name="excluded">Receives rows that cannot be used, and items that stand among the task's own examples: the model would only have to copy them.</param>
    /// <param name="complete">Adds what only the form knows; null for an item it excludes itself.</param>
    /// <exception cref="GateException">Exit 4: duplicate ids, or more rows that cannot be used than the task allows.</exception>
    public static List<TaskItem> Read(TaskDefinition task, ICollection<ExcludedItem> excluded, Func<DataRecord, TaskItem, TaskItem?> complete)
    {
        TaskSettings settings = task.Settings;
        PromptTemplate template = PromptTemplate.Parse(task.Prompt, null);
        Dictionary<string, SourceLocation> seen = new(StringComparer.Ordinal);
        List<TaskItem> items = [];
        BadRows bad = new(settings.MaximumExcluded);
        int read = 0, badInside = 0;
        foreach (ImmutableDictionary<string, string> variables in EachValues.Of(task))
        {
            Shots shots = Shots.Open(task, variables);
            string prefix = settings.Each is { } each ? variables[each.Name] + "-" : "";
            foreach (DataRecord row in DataRows.Read(task.Source, variables, task.Published, bad))
            {
                read++;
                ImmutableArray<int> drawn = shots.Draw();
                try
                {
                    DataRecord record = WithDerived(row, settings);
                    string id = prefix + IdOf(record, settings.Fields);
                    CheckId(id, record, seen);
                    string prompt = Render(template, record, settings.Fields);
                    string preamble = shots.Preamble(record, drawn);
                    if (preamble.Length > 0 && preamble.Contains(prompt + settings.TargetDelimiter, StringComparison.Ordinal))
                        excluded.Add(new ExcludedItem(id, "its prompt stands with its answer among the task's examples"));
                    else if (complete(record, Item(id, record, settings.Fields, template, preamble, prompt)) is { } item)
                        items.Add(item);
                }
                catch (GateException exception) when (BadRows.IsOfRow(exception))
                {
                    bad.Add(exception);
                    badInside++;
                }
            }
        }

        bad.Check(read + bad.Errors.Count - badInside);
        foreach (Diagnostic error in bad.Errors.Select(error => error.Diagnostic))
            excluded.Add(new ExcludedItem(string.Create(CultureInfo.InvariantCulture, $"{error.Location?.File}:{error.Location?.Line}"), error.Message));
        return items;
    }

    /// <summary>The prompt of a record: a placeholder names a role of the task's fields (<c>question</c>, <c>context</c>) or a field of the data.</summary>
    public static string Render(PromptTemplate template, DataRecord record, TaskFields fields) => template.Render(name => Value(name, record, fields));

    /// <summary>A template rendered with a record.</summary>
    public static string Render(string template, DataRecord record, TaskFields fields) => Render(PromptTemplate.Parse(template, null), record, fields);

    /// <summary>A row with the fields that the task makes of others. Where the choices stand in the prompt, that of the item itself is the one of no choice.</summary>
    public static DataRecord WithDerived(DataRecord record, TaskSettings settings) => settings.Derived.Aggregate(
        settings.Continuation is null ? record : record with { Variables = record.Variables.SetItem(Choices.ChoicePlaceholder, "") },
        (made, field) => made with { Variables = made.Variables.SetItem(field.Key, Render(field.Value, made, settings.Fields)) });

    /// <summary>The item with the hash of all that decides its score.</summary>
    public static TaskItem WithHash(TaskItem item)
    {
        using ContentHash hash = new();
        hash.Add("gate-item/1").Add(item.Id).Add(item.Prompt).Add(item.Question).Add(item.Answers).Add(item.Choices).Add(item.AnswerIndex)
            .Add(item.Tokens).Add(item.Chance);

        // What only newer forms have leaves the hashes of the others, and with them their kept answers, as they were.
        if (item.RightChoices.Length > 0)
            hash.Add(item.RightChoices);
        if (item.Continuation is not null)
            hash.Add(item.Continuation).Add(item.Contexts).Add(item.Units);
        return item with { Hash = hash.ToHexadecimal() };
    }

    /// <summary>A result that cannot be used and counts as wrong.</summary>
    public static ItemResult Invalid(TaskItem item, string metric, string answer = "") => new()
    {
        ItemId = item.Id,
        Score = 0,
        Answer = answer,
        Invalid = true,
        Metrics = Values([new(metric, 0)]),
    };

    /// <summary>Named values in ordinal order.</summary>
    public static ImmutableSortedDictionary<string, double> Values(params IEnumerable<KeyValuePair<string, double>> values) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, values);

    private static TaskItem Item(string id, DataRecord record, TaskFields fields, PromptTemplate template, string preamble, string prompt) => new()
    {
        Id = id,
        Cluster = fields.Cluster is null ? null : record.RequireText(fields.Cluster),
        Group = fields.Group is null ? null : record.RequireText(fields.Group),
        Question = record.Has(fields.Question) ? record.RequireText(fields.Question) : null,
        Prompt = preamble + prompt,
        Asked = template.Values(name => Value(name, record, fields)),
        Index = record.Index,
        Answers = [],
        Chance = 0,
        Hash = "",
    };

    private static string IdOf(DataRecord record, TaskFields fields)
    {
        string id = fields.Id switch
        {
            TaskFields.LineNumber => string.Create(CultureInfo.InvariantCulture, $"line-{record.Location.Line:D5}"),
            TaskFields.RowIndex => string.Create(CultureInfo.InvariantCulture, $"{record.Index:D5}"),
            _ => record.RequireText(fields.Id),
        };
        return id.Length > 0 ? id : throw record.Wrong(fields.Id, "an id that is not empty", "an empty text");
    }

    private static void CheckId(string id, DataRecord record, Dictionary<string, SourceLocation> seen)
    {
        if (!seen.TryAdd(id, record.Location))
        {
            throw GateException.Input(
                "GATE5014", $"the id '{id}' stands in line {record.Location.Line} and already in line {seen[id].Line}", record.Location,
                "ids pair the answers of two models; give every item its own");
        }
    }

    private static string Value(string placeholder, DataRecord record, TaskFields fields) => record.RequireText(placeholder switch
    {
        "question" => fields.Question,
        "context" => fields.Context,
        _ => placeholder,
    });
}
