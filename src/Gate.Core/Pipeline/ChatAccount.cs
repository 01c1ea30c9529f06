using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Models.Tokenization.Chat;

namespace Gate.Core.Pipeline;

/// <summary>Tells people which tasks are asked as a conversation, and through whose template.</summary>
internal static class ChatAccount
{
    /// <summary>Tells how a suite is put to a model; says nothing where <c>suite.chat</c> is off.</summary>
    public static void Tell(SuiteOptions suite, JudgedModel model, ImmutableArray<AskedTask> tasks, RunContext context)
    {
        if (suite.Chat.Mode == ChatMode.Off)
            return;
        if (ChatTemplate.Open(model.Source) is not { } template)
        {
            context.Note("GATE3208", Severity.Note, $"{model.ShownPath} has no chat template: all tasks are asked as plain prompts");
            return;
        }

        string plain = Names(tasks.Where(task => !ChatFrame.Takes(task.Definition)));
        string framed = Names(tasks.Where(task => ChatFrame.Takes(task.Definition)));
        context.Note(
            "GATE3208", Severity.Note,
            $"asked as a conversation through {template.FileName} of {model.ShownPath} (today is {suite.Chat.Settings.Today:yyyy-MM-dd}): "
            + (framed.Length > 0 ? framed : "no task") + (plain.Length > 0 ? $"; as plain prompts: {plain}" : ""));
    }

    /// <summary>Tells when the candidate would frame a conversation otherwise than the dense model, whose template both are asked through.</summary>
    public static void TellDifference(SuiteOptions suite, JudgedModel dense, JudgedModel candidate, RunContext context)
    {
        if (suite.Chat.Mode == ChatMode.Off || ChatTemplate.HashOf(dense.Source) is not { } hash || ChatTemplate.HashOf(candidate.Source) is var other && other == hash)
            return;
        string difference = other is null ? "has no chat template" : "has another chat template than the dense model";
        context.Note("GATE3207", Severity.Warning, $"{candidate.ShownPath} {difference}; both models are asked through the dense model's");
    }

    private static string Names(IEnumerable<AskedTask> tasks) => string.Join(", ", tasks.Select(task => task.Definition.Name));
}
