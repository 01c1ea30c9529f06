using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Evaluation.Forms;
using Gate.Evaluation.Sources;
using Gate.Evaluation.TaskFiles;
using Gate.Evaluation.Tasks;
using Gate.Models.Tokenization.Chat;

namespace Gate.Evaluation.Chat;

/// <summary>
/// Puts questions as a conversation, as the reference harness does with its <c>--apply_chat_template</c>: the whole prompt, description and examples included, is the user's
/// turn; the answer, or each choice, follows what opens the assistant's turn. The template writes the special tokens, so the tokenizer adds none unless the task file says
/// so; the turn's border stands where the target delimiter stood.
/// </summary>
/// <param name="Template">The template.</param>
/// <param name="Settings">What it is told.</param>
public sealed record ChatFrame(ChatTemplate Template, ChatSettings Settings)
{
    /// <summary>The frame for a model, or null when its tasks are asked as plain prompts.</summary>
    /// <param name="options">Whether and how.</param>
    /// <param name="modelFolder">The folder of the model whose template it is.</param>
    /// <exception cref="GateException">Exit 4: GATE3201 to GATE3205; GATE3206 when there must be a template and is none.</exception>
    public static ChatFrame? For(ChatOptions options, string modelFolder)
    {
        if (options.Mode == ChatMode.Off)
            return null;
        if (ChatTemplate.Open(modelFolder) is { } template)
            return new ChatFrame(template, options.Settings);
        string shown = DisplayPath.Of(modelFolder);
        return options.Mode == ChatMode.Auto ? null : throw GateException.Input(
            "GATE3206", $"'suite.chat' is on, and '{shown}' has no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json",
            new SourceLocation(shown), "add the model's chat_template.jinja, or set 'suite.chat' to auto or off");
    }

    /// <summary>Whether the questions of a task are put as a conversation: those that ask something, not those that continue a text.</summary>
    public static bool Takes(TaskDefinition task) => TaskForms.Of(task.Kind).AsksQuestions;

    /// <summary>The task as a conversation; one whose questions are not put so stays as it is.</summary>
    public TaskDefinition Apply(TaskDefinition task)
    {
        if (!Takes(task))
            return task;
        TaskSettings settings = task.Settings with { AddSpecialTokens = task.Settings.AddSpecialTokens ?? false, TargetDelimiter = "" };
        string told = string.Concat(Settings.Variables.Select(variable => $", {variable.Key}={variable.Value}"));
        TaskDefinition framed = task with
        {
            Settings = settings,
            Options = task.Options
                .SetItem("addSpecialTokens", settings.AddSpecialTokens == true ? "true" : "false")
                .SetItem("targetDelimiter", settings.TargetDelimiter)
                .SetItem("chat", $"template {Template.Hash}, today {Settings.Today:yyyy-MM-dd}{told}"),
        };
        return framed with { DefinitionHash = TaskOptions.Hash(framed) };
    }

    /// <summary>The items of a task as a conversation.</summary>
    /// <param name="task">The task.</param>
    /// <param name="items">Its items as plain prompts.</param>
    /// <exception cref="GateException">Exit 4: GATE3202 to GATE3204, the template does not take a prompt.</exception>
    public ImmutableArray<TaskItem> Apply(TaskDefinition task, ImmutableArray<TaskItem> items) => Takes(task)
        ? [.. items.Select(item => ItemReader.WithHash(item with { Prompt = Template.Render([new ChatMessage("user", item.Prompt)], Settings) }))]
        : items;
}
