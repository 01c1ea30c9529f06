using System.CommandLine;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Models.Tokenization;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate tasks [NAME]</c>.</summary>
internal static class TasksCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> name = new("name") { Description = "A built-in task, or the path of a task file; left out: all built-in tasks", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> model = new("--tokenizer") { Description = "Model folder whose tokenizer cuts a text into windows" };
        command.Arguments.Add(name);
        command.Options.Add(model);
        return (parsed, settings) =>
        {
            string? task = parsed.GetValue(name);
            Tokenizer? tokenizer = parsed.GetValue(model) is { } folder ? Tokenizer.Open(settings.PathOf(folder).Full) : null;
            TaskPreview[] previews = [.. (task is null ? TaskCatalogue.BuiltInNames : [task])
                .Select(each => TaskPreview.Create(TaskCatalogue.Load(each, settings.WorkingFolder), tokenizer))];
            if (settings.Json)
                WriteJson(previews);
            else if (task is null)
                WriteList(settings, previews);
            else
                WriteOne(previews[0]);
            return ExitCode.Passed;
        };
    }

    private static void WriteList(ToolSettings settings, TaskPreview[] previews) => ResultText.Table(
        settings, ["task", "kind", "metric", "items", "chance", "title"], [.. previews.Select(preview => (IReadOnlyList<string>)
        [
            preview.Task.Name, $"{preview.Task.Kind}", preview.Task.Metric, preview.Items == 0 ? "-" : $"{preview.Items}", $"{preview.Chance:0.0000}", preview.Task.Title,
        ])]);

    private static void WriteOne(TaskPreview preview)
    {
        ResultText.Line($"{preview.Task.Name}: {preview.Task.Title}");
        ResultText.Line($"kind {preview.Task.Kind}, metric {preview.Task.Metric}, protocol {preview.Task.Protocol}, {(preview.Items == 0 ? "windows of the text" : $"{preview.Items} items")}, chance {preview.Chance:0.0000}");
        if (preview.Task.Notes.Length > 0)
            ResultText.Line(preview.Task.Notes);
        ResultText.Line();
        ResultText.Line(preview.ItemId is null ? "text:" : $"prompt of {preview.ItemId}:");
        ResultText.Line(preview.Prompt);
        if (preview.Choices.Length > 0)
            ResultText.Line($"choices: {string.Join(" | ", preview.Choices.Take(12))}{(preview.Choices.Length > 12 ? " | …" : "")}");
        if (preview.Expected.Length > 0)
            ResultText.Line($"expected: {string.Join(" | ", preview.Expected)}");
    }

    private static void WriteJson(TaskPreview[] previews) => JsonOutput.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (TaskPreview preview in previews)
        {
            writer.WriteStartObject();
            writer.WriteString("name", preview.Task.Name);
            writer.WriteString("title", preview.Task.Title);
            writer.WriteString("kind", $"{preview.Task.Kind}");
            writer.WriteString("protocol", preview.Task.Protocol);
            writer.WriteString("metric", preview.Task.Metric);
            writer.WriteNumber("items", preview.Items);
            writer.WriteNumber("chance", preview.Chance);
            writer.WriteString("template", preview.Task.Prompt);
            writer.WriteString("examplePrompt", preview.Prompt);
            writer.WriteStartArray("expected");
            foreach (string expected in preview.Expected)
                writer.WriteStringValue(expected);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
