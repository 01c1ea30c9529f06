using System.Globalization;
using System.Text;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>Writes <c>sweep.md</c>.</summary>
public static class SweepMarkdown
{
    /// <summary>The page; the plot is drawn into it.</summary>
    public static string Write(SweepOutcome outcome)
    {
        var page = new StringBuilder("# Sweep\n\n");
        page.Append(outcome.Recommended is { } name
            ? $"Recommended: **{name}**, the largest SrCr with a lower bound of Sr of at least {Number(outcome.Floor)}.\n"
            : $"No recipe keeps a lower bound of Sr of at least {Number(outcome.Floor)}; none is recommended.\n");
        if (outcome.Verdict is { } verdict)
            page.Append($"Verdict on {outcome.VerdictItems} questions the search never saw: {verdict.Sentence} Sr {Text(verdict.Retention)}, SrCr {Text(verdict.SrCr)}.\n");
        page.Append($"\n{outcome.SearchItems} questions to search by, {outcome.Tokens} tokens for divergence, seed {outcome.Seed}; ");
        page.Append($"{outcome.Cost.Asked} answers asked of candidates instead of {outcome.Cost.Exhaustive}. Candidates are written, and their sizes counted, in {FormatOf(outcome)}; sizes count every linear layer of the blocks, untouched ones at 16 bit. ");
        page.Append($"Bounds of Sr are one-sided at {Number(outcome.Confidence)}.\n");
        if (outcome.Calibration is { } calibration)
            page.Append($"Calibrated methods saw {calibration}; nothing of it is in the questions or in the text.\n");
        if (outcome.ErrorAgreement is { } agreement)
            page.Append($"Rank correlation of weight error and divergence over the measured candidates: {Number(agreement)}.\n");
        page.Append('\n').Append(SweepPlot.Draw(outcome)).Append('\n');
        Table(page, ["recipe", "TCr", "real bits", "with a mask", "weight error", "KL", "known kept", "Sr", "SrCr", "questions", "dropped"], outcome.Candidates
            .OrderBy(candidate => candidate.CompressionRate).Select(candidate => new[]
            {
                candidate.Name, Number(candidate.CompressionRate), Number(candidate.BitsPerWeight), Number(candidate.MaskedBitsPerWeight),
                Number(candidate.WeightError), candidate.Divergence is { } divergence ? Number(divergence.Mean) : "", Text(candidate.Kept),
                Text(candidate.Retention), Text(candidate.SrCr), $"{candidate.Questions}", candidate.DroppedAt is { } rung ? $"rung {rung}: {candidate.BeatenBy}" : "",
            }));
        page.Append("\n## Frontier\n\nRecipes that no other beats in size and Sr both; neighbours may be equal within their bounds.\n\n");
        Table(page, ["by", "recipe", "TCr", "real bits", "Sr"], Frontier("TCr", outcome.Frontier.CompressionRate).Concat(Frontier("real bytes", outcome.Frontier.Bytes)));
        if (outcome.Candidates.Any(candidate => candidate.Planned is not null))
        {
            page.Append("\n## Planned recipes\n\nDrawn as diamonds. The planner looked at the same text that divergence is measured on; the questions it never saw.\n\n");
            Table(page, ["recipe", "TCr", "real bits", "KL", "Sr", "what was planned"], outcome.Candidates.Where(candidate => candidate.Planned is not null).Select(candidate => new[]
            {
                candidate.Name, Number(candidate.CompressionRate), Number(candidate.BitsPerWeight), Mean(candidate), Text(candidate.Retention), candidate.Planned!,
            }));
        }

        page.Append("\n## Joint compression against quantisation alone\n\n");
        Table(page, ["equal", "joint", "quantised", "joint − quantised", "better", "evidence"], outcome.Comparisons.Select(comparison => new[]
        {
            comparison.Equal, comparison.Joint, comparison.Quantized, Text(comparison.Difference), comparison.Winner, comparison.Evidence,
        }));
        page.Append("\n## Attention or feed-forward\n\n");
        Table(page, ["recipe", "KL attention", "KL ffn", "Sr attention", "Sr ffn"], outcome.Candidates.Where(candidate => candidate.Scope == "attention")
            .Select(attention => (Attention: attention, Ffn: outcome.Candidates.FirstOrDefault(other => other.Scope == "ffn"
                && other.Name.Replace(", ffn", "", StringComparison.Ordinal) == attention.Name.Replace(", attention", "", StringComparison.Ordinal))))
            .Where(pair => pair.Ffn is not null).Select(pair => new[]
            {
                pair.Attention.Name.Replace(", attention", "", StringComparison.Ordinal), Mean(pair.Attention), Mean(pair.Ffn!), Text(pair.Attention.Retention), Text(pair.Ffn!.Retention),
            }));
        page.Append("\n## Where pruning alone collapses\n\n");
        Table(page, ["recipe", "KL", "known kept", "Sr", "dropped"], outcome.Candidates.Where(candidate => candidate is { Bits: 16, Scope: "all", Planned: null })
            .OrderBy(candidate => candidate.Sparsity).Select(candidate => new[]
            {
                candidate.Name, Mean(candidate), Text(candidate.Kept), Text(candidate.Retention), candidate.DroppedAt is { } rung ? $"rung {rung}" : "",
            }));
        return page.ToString();

        IEnumerable<string[]> Frontier(string by, IEnumerable<string> names) => names.Select(name => outcome.Candidates.First(candidate => candidate.Name == name))
            .Select(candidate => new[] { by, candidate.Name, Number(candidate.CompressionRate), Number(candidate.BitsPerWeight), Text(candidate.Retention) });
    }

    private static string FormatOf(SweepOutcome outcome) =>
        outcome.CandidateFormat == "dense" ? "16-bit numbers (`dense`), counted as compressed-tensors packs them" : $"`{outcome.CandidateFormat}`";

    private static string Mean(SweepResult result) => result.Divergence is { } divergence ? Number(divergence.Mean) : "";

    private static void Table(StringBuilder page, string[] heads, IEnumerable<string[]> rows)
    {
        page.Append("| ").AppendJoin(" | ", heads).Append(" |\n|").Append(string.Concat(heads.Select(_ => " --- |"))).Append('\n');
        foreach (string[] row in rows)
            page.Append("| ").AppendJoin(" | ", row).Append(" |\n");
    }

    private static string Text(Estimate? estimate) =>
        estimate is null ? "" : $"{Number(estimate.Value)} [{Number(estimate.Lower)}, {Number(estimate.Upper)}]";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
