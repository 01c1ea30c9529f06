using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Evaluation.Forms;

namespace Gate.Evaluation.Tasks;

/// <summary>What a task asks, item by item, as lines of JSON: enough to hold Gate's questions against those of any other program, character by character.</summary>
public static class RequestLines
{
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a line for every item, in the order of the data: <c>task</c>, <c>id</c>, <c>index</c> (the row's place, from 0), <c>requests</c> (pairs of context and
    /// continuation), <c>target</c>, <c>chance</c>; for choices <c>choices</c> and <c>gold</c>; for generation <c>stops</c>, <c>maxNewTokens</c> and <c>targets</c>.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: the task's data cannot be used.</exception>
    public static void Write(TextWriter writer, TaskDefinition task)
    {
        ITaskForm form = TaskForms.Of(task.Kind);
        foreach (TaskItem item in TaskCatalogue.SelectItems(task, null, 0, null).Items)
            writer.Write(Line(task, form, item).ToJsonString(_readable) + "\n");
    }

    private static JsonObject Line(TaskDefinition task, ITaskForm form, TaskItem item)
    {
        var requests = form.Requests(task, item);
        JsonObject line = new() { ["task"] = task.Name, ["id"] = item.Id, ["index"] = item.Index };
        if (requests[0].Continuation is null)
            line["context"] = requests[0].Context;
        else
            line["requests"] = new JsonArray([.. requests.Select(pair => new JsonArray(pair.Context, pair.Continuation))]);
        if (form is Generation)
        {
            line["stops"] = List(task.Settings.Stops);
            line["maxNewTokens"] = task.Settings.MaximumNewTokens;
        }

        if (item.AnswerIndex >= 0 && form is Choices)
        {
            line["choices"] = List(item.Choices);
            line["gold"] = item.AnswerIndex;
        }

        line["target"] = item.Answers.IsEmpty ? null : item.Answers[0];
        if (item.Answers.Length > 1)
            line["targets"] = List(item.Answers);
        if (item.Units > 0)
            line["units"] = item.Units;
        line["chance"] = item.Chance;
        return line;
    }

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
