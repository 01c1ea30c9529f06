using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Tests;

namespace Gate.Compression.Tests.Calibration;

/// <summary>The held-out text of the sample's suite.</summary>
internal static class HeldOutText
{
    /// <summary>Perplexity over its first lines, each at most 200 tokens.</summary>
    public static double Perplexity(Model checkpoint, int count)
    {
        using ILanguageModel model = LanguageModels.Load(checkpoint, InferenceOptions.Default);
        string[] lines = File.ReadAllLines(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "heldout.txt"));
        ContinuationRequest[] requests =
        [
            .. lines.Where(line => line.Length > 0).Take(count).Select(line => model.Tokenizer!.Encode(line, addSpecialTokens: true))
                .Where(ids => ids.Length > 2).Select(ids => ids.Length > 200 ? ids[..200] : ids)
                .Select(ids => new ContinuationRequest(ids.AsMemory(0, 1), ids.AsMemory(1))),
        ];
        IReadOnlyList<ContinuationScore> scores = model.ScoreContinuations(requests, cancellationToken: TestContext.Current.CancellationToken);
        return Math.Exp(-scores.Sum(score => score.LogLikelihood) / scores.Sum(score => score.LogProbabilities.Count));
    }
}
