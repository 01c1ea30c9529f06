using System.Text;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Markdown;

/// <summary>How the questions were asked, the models, the run and its notes.</summary>
internal static class RunSection
{
    /// <summary>Templates and hashes by task.</summary>
    public static void AppendPrompts(StringBuilder text, GateResults results)
    {
        text.Append("## How the questions were asked\n\n");
        if (results.Dense.TokenizerHash != results.Candidate.TokenizerHash)
            text.Append("**The two models do not share a tokenizer**, so they were not asked the same tokens.\n\n");
        MarkdownTable table = new("task", "protocol", "template", "special tokens", "template hash", "data hash");
        foreach (TaskResult task in results.Tasks)
        {
            table.Add(
                $"{MarkdownText.Escape(task.Title)} ({MarkdownText.Escape(task.Kind)})", MarkdownText.Escape(task.Protocol),
                MarkdownText.Escape(task.Prompt.Template), task.Prompt.AddsSpecialTokens ? "added" : "not added",
                MarkdownText.Escape(task.Prompt.TemplateHash), MarkdownText.Escape(task.Prompt.DataHash));
        }

        table.AppendTo(text);
    }

    /// <summary>Models, settings and times.</summary>
    public static void AppendRun(StringBuilder text, GateResults results)
    {
        RunInfo run = results.Run;
        text.Append("## Run\n\n");
        MarkdownTable models = new("model", "folder", "family", ">parameters", ">weight files", "weights", "tokenizer");
        models.Add(["dense", .. Cells(results.Dense)]);
        models.Add(["candidate", .. Cells(results.Candidate)]);
        models.AppendTo(text);
        MarkdownTable settings = new("setting", "value");
        settings.Add("Gate", $"{MarkdownText.Escape(run.GateVersion)}, numerics revision {run.NumericsRevision}");
        if (results.Dense.Engine is { } engine)
            settings.Add("engine", MarkdownText.Escape(engine == results.Candidate.Engine ? engine : $"{engine}; candidate {results.Candidate.Engine}"));
        settings.Add("run", MarkdownText.Escape(run.RunKey));
        settings.Add("time (UTC)", MarkdownText.Escape(run.Timestamp));
        settings.Add("configuration", run.ConfigurationFile.Length == 0 ? "none" : MarkdownText.Escape(run.ConfigurationFile));
        settings.Add("seed", run.Seed.ToString());
        settings.Add("decision", $"{MarkdownText.Escape(run.DecisionRule)}, confidence {Figures.Percent(run.Confidence)}");
        settings.Add("undecided rules", MarkdownText.Escape(run.OnInconclusive));
        foreach (PhaseTime phase in run.Phases)
            settings.Add($"time, {MarkdownText.Escape(phase.Name)}", $"{Figures.Fixed(phase.Seconds, 1)} s");
        settings.AppendTo(text);
    }

    /// <summary>Warnings and notes; nothing without any.</summary>
    public static void AppendNotes(StringBuilder text, GateResults results)
    {
        if (results.Notes.IsEmpty)
            return;
        text.Append("## Notes\n\n");
        foreach (RunNote note in results.Notes)
            text.Append($"- **{MarkdownText.Escape(note.Severity)}** {MarkdownText.Escape(note.Code)} {MarkdownText.Escape(note.Message)}\n");
        text.Append('\n');
    }

    private static string[] Cells(ModelInfo model) =>
    [
        MarkdownText.Escape(model.Path), MarkdownText.Escape(model.Family), model.Parameters.ToString("N0"), Figures.Bytes(model.FileBytes),
        MarkdownText.Escape(model.WeightsHash), model.TokenizerHash.Length == 0 ? "none" : MarkdownText.Escape(model.TokenizerHash),
    ];
}
