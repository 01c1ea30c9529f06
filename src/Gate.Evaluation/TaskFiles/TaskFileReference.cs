using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Evaluation.Extraction;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Sources;

namespace Gate.Evaluation.TaskFiles;

/// <summary>The JSON schema of task files and their reference page, made from the declarations of the keys.</summary>
public static class TaskFileReference
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    private static IEnumerable<TaskKey> AllKeys => TaskForms.All.SelectMany(form => TaskOptions.KeysOf(form)).DistinctBy(key => key.Name);

    /// <summary>The schema of a task file of any kind.</summary>
    public static string Schema()
    {
        JsonObject properties = [];
        foreach (TaskKey key in AllKeys)
        {
            JsonObject type = JsonNode.Parse(TypeOf(key))!.AsObject();
            type.Insert(0, "description", key.Description);
            properties[key.Name] = type;
        }

        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A task of Gate",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("name"),
            ["properties"] = properties,
        };
        return schema.ToJsonString(_indented) + "\n";
    }

    /// <summary>The page: keys by form, metrics, functions of expressions, steps of extractions.</summary>
    public static string Page()
    {
        StringBuilder page = new("# Keys of task files\n\nHow they work together is described in [tasks](../tasks.md). This page is generated from the program.\n");
        Table(page, "Every kind", [.. TaskKeys.First, .. TaskKeys.Last]);
        Table(page, "Kinds with a prompt (all but perplexity)", PromptKeys.All);
        foreach (ITaskForm form in TaskForms.All.DistinctBy(form => form.GetType()))
        {
            string[] names = [.. TaskForms.All.Where(other => other.GetType() == form.GetType()).Select(other => $"`{other.Name}`")];
            if (form.Keys.Length > 0)
                Table(page, string.Join(", ", names), form.Keys);
            else
                page.Append($"\n## {string.Join(", ", names)}\n");
            page.Append($"\nMetrics: {string.Join(", ", form.Metrics.Select(metric => $"`{metric.Name}`{(metric.Measure.CanDecide ? "" : " (reported only)")}"))}.\n");
        }

        page.Append("\n## Functions of expressions\n\n`{field|function('text')}`; a function of texts is applied to each text of a list.\n\n| function | gives |\n| --- | --- |\n");
        foreach ((string name, int arguments, string description) in FieldFunctions.Descriptions)
            page.Append($"| `{name}{(arguments == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("'…'", arguments))})")}` | {description} |\n");
        page.Append("\n## Steps of extractions\n\n| step | gives |\n| --- | --- |\n| `{ \"regex\": \"…\", \"match\": 0 }` | the first match, or the last with −1; its group where it has one |\n");
        foreach ((string name, string description) in ExtractionStep.Descriptions)
            page.Append($"| `{name}` | {description} |\n");
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, ImmutableArray<TaskKey> keys)
    {
        page.Append($"\n## {title}\n\n| key | meaning |\n| --- | --- |\n");
        foreach (TaskKey key in keys)
            page.Append($"| `{key.Name}` | {key.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
    }

    // Words that are declared elsewhere stand in a type by name.
    private static string TypeOf(TaskKey key) => key.Type
        .Replace("[KINDS]", JsonText.List(TaskForms.All.Select(form => form.Name)), StringComparison.Ordinal)
        .Replace("[FORMATS]", JsonText.List(DataFormats.Names), StringComparison.Ordinal)
        .Replace("[NORMALIZERS]", JsonText.List(Normalizer.All.Select(normalizer => normalizer.Id)), StringComparison.Ordinal);
}
