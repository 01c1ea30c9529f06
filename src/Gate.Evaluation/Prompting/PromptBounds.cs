using Gate.Models.Inference;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Prompting;

/// <summary>What a model takes, as far as prompts are concerned.</summary>
/// <param name="MaximumLength">Most tokens it sees.</param>
/// <param name="VocabularySize">One more than the largest id it has a row for.</param>
/// <param name="EndOfTextIds">Ids that end its texts.</param>
internal sealed record PromptBounds(int MaximumLength, int VocabularySize, IReadOnlyCollection<int> EndOfTextIds)
{
    /// <summary>Those of a model.</summary>
    public static PromptBounds Of(ILanguageModel model) => new(model.MaximumLength, model.VocabularySize, [.. model.EndOfTextIds]);

    /// <summary>None but those of a tokenizer.</summary>
    public static PromptBounds None(Tokenizer tokenizer) => new(int.MaxValue - 1, tokenizer.VocabularySize, []);
}
