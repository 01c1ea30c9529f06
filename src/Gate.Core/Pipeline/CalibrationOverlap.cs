using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Calibration;
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
        HashSet<string> seen = [.. CalibrationDocuments.Read(calibration.Data).SelectMany(Runs)];
        foreach (AskedTask task in tasks)
        {
            TaskItem[] overlapping = [.. task.Items.Where(item => TextsOf(item, tokenizer).SelectMany(Runs).Any(seen.Contains))];
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
