using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Calibration;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Models.Tokenization;

namespace Gate.Core.Pipeline;

/// <summary>
/// Whether calibration data share text with the questions: a run of 13 words, lower-cased and without punctuation (the 13-gram rule of Brown et al.
/// 2020). Shorter items are not compared; templates of a few words would match everywhere.
/// </summary>
internal static class CalibrationOverlap
{
    private const int Words = 13;

    /// <summary>Notes a warning for every task with items that overlap.</summary>
    /// <param name="context">Receives the warnings.</param>
    /// <param name="plan">The plan; without calibration nothing is compared.</param>
    /// <param name="tasks">What will be asked.</param>
    /// <param name="tokenizer">Turns perplexity windows back into text.</param>
    /// <exception cref="GateException">Exit 4: calibration data that cannot be read.</exception>
    public static void Check(RunContext context, CompressionPlan plan, ImmutableArray<AskedTask> tasks, Tokenizer tokenizer)
    {
        if (plan.Recipe.Calibration is not { } calibration)
            return;
        HashSet<string> seen = RunsOf(calibration);
        foreach (AskedTask task in tasks)
        {
            TaskItem[] overlapping = [.. task.Items.Where(item => Overlaps(item, seen, tokenizer))];
            if (overlapping.Length > 0)
            {
                context.Note(
                    "GATE4057", Severity.Warning,
                    $"{overlapping.Length} of {task.Items.Length} items of {task.Definition.Name} share {Words} consecutive words with the calibration data "
                        + $"{Path.GetFileName(calibration.Data)} (first: {overlapping[0].Id}): the candidate may have been fitted to what judges it",
                    "calibrate on text that shares nothing with the suite");
            }
        }
    }

    /// <summary>The tasks without the items that overlap, so that what chooses and judges recipes shares nothing with what they were fitted to.</summary>
    /// <param name="context">Receives a note for every task that loses items.</param>
    /// <param name="calibration">The calibration data.</param>
    /// <param name="tasks">What would be asked.</param>
    /// <param name="tokenizer">Turns perplexity windows back into text.</param>
    /// <exception cref="GateException">Exit 4: calibration data that cannot be read, or that overlap with every item of a task (GATE4161).</exception>
    public static ImmutableArray<AskedTask> Without(RunContext context, CalibrationRecipe calibration, ImmutableArray<AskedTask> tasks, Tokenizer tokenizer)
    {
        HashSet<string> seen = RunsOf(calibration);
        return [.. tasks.Select(task =>
        {
            AskedTask left = task with { Items = [.. task.Items.Where(item => !Overlaps(item, seen, tokenizer))] };
            int overlapping = task.Items.Length - left.Items.Length;
            if (left.Items.IsEmpty && overlapping > 0)
            {
                throw GateException.Input(
                    "GATE4161", $"every item of {task.Definition.Name} shares {Words} consecutive words with the calibration data {Path.GetFileName(calibration.Data)}: "
                        + "expected some that do not", new SourceLocation(calibration.Data),
                    "calibrate on text that shares nothing with the suite");
            }

            if (overlapping > 0)
            {
                context.Note(
                    "GATE4160", Severity.Note,
                    $"{overlapping} of {task.Items.Length} items of {task.Definition.Name} share {Words} consecutive words with the calibration data "
                        + $"{Path.GetFileName(calibration.Data)} and are left out: neither the search nor the verdict asks them");
            }

            return left;
        })];
    }

    /// <summary>The lines of a text that calibration does not see: neither as documents nor by a run of 13 words.</summary>
    /// <param name="calibration">The calibration data.</param>
    /// <param name="lines">Lines.</param>
    /// <exception cref="GateException">Exit 4: calibration data that cannot be read.</exception>
    public static IEnumerable<string> Without(CalibrationRecipe calibration, IEnumerable<string> lines)
    {
        IReadOnlyList<string> texts = CalibrationDocuments.Read(calibration.Data);
        HashSet<string> seen = [.. texts.SelectMany(Runs)], documents = [.. texts.Select(document => document.Trim())];
        return lines.Where(line => !documents.Contains(line.Trim()) && !Runs(line).Any(seen.Contains));
    }

    private static HashSet<string> RunsOf(CalibrationRecipe calibration) => [.. CalibrationDocuments.Read(calibration.Data).SelectMany(Runs)];

    private static bool Overlaps(TaskItem item, HashSet<string> seen, Tokenizer tokenizer) => TextsOf(item, tokenizer).SelectMany(Runs).Any(seen.Contains);

    /// <summary>Every run of 13 words of a text.</summary>
    internal static IEnumerable<string> Runs(string text)
    {
        string[] words = [.. new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        for (int first = 0; first + Words <= words.Length; first++)
            yield return string.Join(' ', words, first, Words);
    }

    // A prompt may repeat the same shots for every item; the question with its answer is what must not be known beforehand.
    private static IEnumerable<string> TextsOf(TaskItem item, Tokenizer tokenizer) =>
        item.Tokens.IsEmpty
            ? [$"{item.Question ?? item.Prompt} {(item.Answers.IsEmpty ? "" : item.Answers[0])}"]
            : [tokenizer.Decode(item.Tokens.AsSpan(), skipSpecialTokens: true)];
}
