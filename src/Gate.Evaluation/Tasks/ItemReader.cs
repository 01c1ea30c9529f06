using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Data;
using Gate.Evaluation.Scoring;
using Gate.Evaluation.TaskFiles;

namespace Gate.Evaluation.Tasks;

/// <summary>What the kinds that read JSON Lines share: ids, prompts, clusters, hashes.</summary>
internal static class ItemReader
{
    /// <summary>The records of a task's data with the parts of an item that do not depend on the kind. Hashes are not set yet.</summary>
    /// <param name="task">The task.</param>
    /// <param name="excluded">Receives items that stand among the task's own examples: the model would only have to copy them.</param>
    /// <exception cref="GateException">Exit 4: malformed lines, missing fields, duplicate ids.</exception>
    public static IEnumerable<(DataRecord Record, TaskItem Item)> Read(TaskDefinition task, ICollection<ExcludedItem> excluded)
    {
        TaskFields fields = task.Settings.Fields;
        PromptTemplate template = PromptTemplate.Parse(task.Prompt, null);
        Dictionary<string, SourceLocation> seen = new(StringComparer.Ordinal);
        foreach (DataRecord record in JsonLines.Read(task.DataPath))
        {
            string id = fields.Id == TaskFields.LineNumber ? $"line-{record.Location.Line:D5}" : record.RequireText(fields.Id);
            if (id.Length == 0)
                throw record.Wrong(fields.Id, "an id that is not empty", "an empty text");
            if (!seen.TryAdd(id, record.Location))
            {
                throw GateException.Input(
                    "GATE5014", $"the id '{id}' stands in line {record.Location.Line} and already in line {seen[id].Line}", record.Location,
                    "ids pair the answers of two models; give every item its own");
            }

            string prompt = template.Render(name => Value(name, record, fields));
            string preamble = task.Settings.Preamble;
            if (preamble.Length > 0 && preamble.Contains(prompt + task.Settings.TargetDelimiter, StringComparison.Ordinal))
            {
                excluded.Add(new ExcludedItem(id, "its prompt stands with its answer among the task's examples"));
                continue;
            }

            yield return (record, new TaskItem
            {
                Id = id,
                Cluster = fields.Cluster is null ? null : record.RequireText(fields.Cluster),
                Group = fields.Group is null ? null : record.RequireText(fields.Group),
                Question = record.Has(fields.Question) ? record.RequireText(fields.Question) : null,
                Prompt = preamble + prompt,
                Asked = template.Values(name => Value(name, record, fields)),
                Answers = [],
                Chance = 0,
                Hash = "",
            });
        }
    }

    /// <summary>The prompt of a record: a placeholder names a role of the task's fields (<c>question</c>, <c>context</c>) or a field of the data.</summary>
    public static string Render(PromptTemplate template, DataRecord record, TaskFields fields) => template.Render(name => Value(name, record, fields));

    private static string Value(string placeholder, DataRecord record, TaskFields fields) => record.RequireText(placeholder switch
    {
        "question" => fields.Question,
        "context" => fields.Context,
        _ => placeholder,
    });

    /// <summary>The item with the hash of all that decides its score.</summary>
    public static TaskItem WithHash(TaskItem item)
    {
        using ContentHash hash = new();
        string value = hash.Add("gate-item/1").Add(item.Id).Add(item.Prompt).Add(item.Question).Add(item.Answers).Add(item.Choices).Add(item.AnswerIndex)
            .Add(item.Tokens).Add(item.Chance).ToHexadecimal();
        return item with { Hash = value };
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
}
