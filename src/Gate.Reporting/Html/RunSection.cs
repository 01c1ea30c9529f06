using System.Xml.Linq;
using Gate.Reporting.Text;
using Gate.Results;
using static Gate.Reporting.Html.Markup;

namespace Gate.Reporting.Html;

/// <summary>Models, settings, times and notes of the run.</summary>
internal static class RunSection
{
    /// <summary>The section.</summary>
    public static XElement Of(GateResults results)
    {
        RunInfo run = results.Run;
        return Section(
            "run", "Run", Notes(results),
            El(
                "dl", Class("facts"),
                Model("Dense", results.Dense), Model("Candidate", results.Candidate),
                SizeSection.Fact("Configuration", run.ConfigurationFile.Length == 0 ? "none" : El("code", run.ConfigurationFile)),
                SizeSection.Fact("Decision", $"{run.DecisionRule} at {Figures.Percent(run.Confidence)}; undecided rules: {run.OnInconclusive}; seed {run.Seed}"),
                run.Phases.IsEmpty
                    ? null
                    : SizeSection.Fact("Time", string.Join(", ", run.Phases.Select(phase => $"{phase.Name} {Figures.Fixed(phase.Seconds, 1)} s")))));
    }

    /// <summary>The last line of the page.</summary>
    public static XElement Footer(GateResults results) => El(
        "p", $"Gate {results.Run.GateVersion}, numerics revision {results.Run.NumericsRevision}, run ", El("code", results.Run.RunKey),
        $", {results.Run.Timestamp} UTC. All figures: {ReportFiles.Results}; every answer: {ReportFiles.Items}.");

    private static XElement? Notes(GateResults results) => results.Notes.IsEmpty
        ? null
        : El("ul", Class("notes"), results.Notes.Select(note => El("li", El("b", note.Severity), " ", El("span", Class("code"), note.Code), " ", note.Message)));

    private static XElement Model(string name, ModelInfo model) => SizeSection.Fact(
        name, El("code", model.Path), El("span", Class("plain"), $"{model.Family}, {model.Parameters:N0} parameters, {Figures.Bytes(model.FileBytes)}"),
        model.Engine is { } engine ? El("span", Class("plain"), "engine ", El("code", engine)) : null,
        El("span", Class("plain"), "weights ", El("code", model.WeightsHash)),
        model.TokenizerHash.Length == 0 ? El("span", Class("plain"), "no tokenizer") : El("span", Class("plain"), "tokenizer ", El("code", model.TokenizerHash)));
}
