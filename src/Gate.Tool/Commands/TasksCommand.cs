using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
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
        Option<int?> example = new("--example") { Description = "Which item is shown, counted from 1; left out: the first" };
        Option<string?> config = new("--config", "-c") { Description = "gate.json whose model and suite.chat keys say how it is asked; left out: only --model and --suite.chat say so" };
        Argument<string?> subject = new("suite") { Description = "fetch-plan: the suite or task whose published data are listed", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> data = new("--data") { Description = "Folder of published data sets, instead of suite.data" };
        Option<bool> requests = new("--requests") { Description = "Print what is asked: a line of JSON for every item, with contexts, continuations or stops, target and chance" };
        command.Arguments.Add(name);
        command.Arguments.Add(subject);
        command.Options.Add(data);
        command.Options.Add(requests);
        command.Options.Add(example);
        command.Options.Add(config);
        return (parsed, settings) =>
        {
            string? task = parsed.GetValue(name);
            if (task == FetchPlanCommand.Name)
                return FetchPlanCommand.Run(parsed.GetValue(subject), settings);
            if (parsed.GetValue(subject) is { } unknown)
                throw GateException.Usage("GATE1010", $"'gate tasks' shows one task, found \"{unknown}\" as well", remedy: "write gate tasks NAME");
            if (task is null && parsed.GetValue(example) is not null)
                throw GateException.Usage("GATE1010", "--example needs the task whose item it is", remedy: "write gate tasks NAME --example 3");
            string? file = parsed.GetValue(config) is { } given ? ConfigurationLocator.Find(given, settings.WorkingFolder).ConfigurationFile : null;
            GateConfiguration configuration = ConfigurationReader.Read(file, settings.Sources);
            Tokenizer? tokenizer = configuration.Model is { } model ? Tokens.Open(model) : null;
            ChatFrame? frame = FrameOf(configuration);
            string? folder = parsed.GetValue(data) is { } named ? Path.GetFullPath(named, settings.WorkingFolder) : configuration.Suite.DataFolder;
            if (parsed.GetValue(requests))
            {
                RequestLines.Write(Console.Out, TaskCatalogue.Load(
                    task ?? throw GateException.Usage("GATE1010", "--requests needs the task whose questions are printed", remedy: "write gate tasks NAME --requests"),
                    settings.WorkingFolder, configuration.Suite.AllowOutsideData, folder));
                return ExitCode.Passed;
            }

            TaskPreview[] previews = [.. (task is null ? TaskCatalogue.BuiltInNames : [task])
                .Select(each => TaskPreview.Create(TaskCatalogue.Load(each, settings.WorkingFolder, configuration.Suite.AllowOutsideData, folder), tokenizer, frame, parsed.GetValue(example) ?? 1))];
            if (settings.Json)
                WriteJson(previews, tokenizer);
            else if (task is null)
                WriteList(settings, previews);
            else
                WriteOne(previews[0], tokenizer);
            return ExitCode.Passed;
        };
    }

    private static ChatFrame? FrameOf(GateConfiguration configuration)
    {
        if (configuration.Model is { } model)
            return ChatFrame.For(configuration.Suite.Chat, model.Full);
        return configuration.Suite.Chat.Mode == ChatMode.Off ? null : throw GateException.Usage(
            "GATE1010", "'suite.chat' asks through a model's chat template, and no model is named", remedy: "name one: --model path/to/model");
    }

    private static void WriteList(ToolSettings settings, TaskPreview[] previews) => ResultText.Table(
        settings, ["task", "kind", "metric", "items", "chance", "title"], [.. previews.Select(preview => (IReadOnlyList<string>)
        [
            preview.Task.Name, $"{preview.Task.Kind}", preview.Task.Metric, preview.Items == 0 ? "-" : $"{preview.Items}", $"{preview.Chance:0.0000}", preview.Task.Title,
        ])]);

    private static void WriteOne(TaskPreview preview, Tokenizer? tokenizer)
    {
        ResultText.Line($"{preview.Task.Name}: {preview.Task.Title}");
        ResultText.Line($"kind {preview.Task.Kind}, metric {preview.Task.Metric}, protocol {preview.Task.Protocol}, {(preview.Items == 0 ? "windows of the text" : $"{preview.Items} items")}, chance {preview.Chance:0.0000}");
        if (preview.Task.Notes.Length > 0)
            ResultText.Line(preview.Task.Notes);
        ResultText.Line();
        string how = preview.Frame is { } frame ? $", as a conversation ({frame.Template.FileName}, today is {frame.Settings.Today:yyyy-MM-dd})" : "";
        ResultText.Line(preview.ItemId is null ? "text:" : $"prompt of {preview.ItemId}{how}:");
        ResultText.Line(preview.Prompt);
        if (preview.Choices.Length > 0)
            ResultText.Line($"choices: {string.Join(" | ", preview.Choices.Take(12))}{(preview.Choices.Length > 12 ? " | …" : "")}");
        if (preview.Expected.Length > 0)
            ResultText.Line($"expected: {string.Join(" | ", preview.Expected)}");
        if (tokenizer is not null)
            WriteSequences(preview, tokenizer);
    }

    private static void WriteSequences(TaskPreview preview, Tokenizer tokenizer)
    {
        foreach (AskedSequence sequence in preview.Sequences)
        {
            ResultText.Line();
            ResultText.Line(sequence.Continuation is { } text ? $"tokens for the continuation \"{Tokens.Visible(text)}\":" : "tokens:");
            WriteTokens($"{sequence.PromptIds.Length} of the prompt", [.. sequence.PromptIds], tokenizer);
            if (sequence.Continuation is not null)
                WriteTokens($"{sequence.ContinuationIds.Length} of the continuation", [.. sequence.ContinuationIds], tokenizer);
        }
    }

    private static void WriteTokens(string what, int[] ids, Tokenizer tokenizer)
    {
        ResultText.Line($"  {what}: {string.Join(',', ids)}");
        ResultText.Line($"    {string.Join(' ', ids.Select(id => Tokens.Visible(tokenizer.TokenOf(id) ?? "")))}");
    }

    private static void WriteJson(TaskPreview[] previews, Tokenizer? tokenizer) => JsonOutput.Write(writer =>
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
            writer.WriteString("exampleId", preview.ItemId);
            writer.WriteBoolean("exampleIsConversation", preview.Frame is not null);
            writer.WriteString("examplePrompt", preview.Prompt);
            writer.WriteStartArray("expected");
            foreach (string expected in preview.Expected)
                writer.WriteStringValue(expected);
            writer.WriteEndArray();
            writer.WriteStartArray("sequences");
            foreach (AskedSequence sequence in tokenizer is null ? [] : preview.Sequences)
            {
                writer.WriteStartObject();
                writer.WriteString("continuation", sequence.Continuation);
                writer.Array("promptIds", [.. sequence.PromptIds]);
                writer.Array("continuationIds", [.. sequence.ContinuationIds]);
                writer.WriteString("text", tokenizer!.Decode([.. sequence.PromptIds, .. sequence.ContinuationIds], skipSpecialTokens: false));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
