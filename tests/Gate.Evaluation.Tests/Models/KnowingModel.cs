namespace Gate.Evaluation.Tests.Models;

/// <summary>Builds models that continue known prompts with known texts, and everything else with a line feed.</summary>
internal static class KnowingModel
{
    public const int VocabularySize = 20_000;

    /// <summary>A model that knows the given continuations by their prompts.</summary>
    public static LogitsModel Create(WordTokenizer tokenizer, IReadOnlyDictionary<string, string> knowledge) =>
        new(tokenizer, VocabularySize, context =>
        {
            float[] row = new float[VocabularySize];
            row[NextToken(tokenizer, knowledge, tokenizer.Decode(context.Span, skipSpecialTokens: false))] = 12;
            return row;
        });

    /// <summary>A model whose logits are all NaN.</summary>
    public static LogitsModel Dead(WordTokenizer tokenizer) =>
        new(tokenizer, VocabularySize, _ => [.. Enumerable.Repeat(float.NaN, VocabularySize)]);

    private static int NextToken(WordTokenizer tokenizer, IReadOnlyDictionary<string, string> knowledge, string text)
    {
        for (int end = text.Length; end > 0; end--)
        {
            if (!knowledge.TryGetValue(text[..end], out string? continuation))
                continue;
            string said = text[end..];
            if (continuation.StartsWith(said, StringComparison.Ordinal) && said.Length < continuation.Length)
                return tokenizer.Encode(continuation[said.Length..], addSpecialTokens: false)[0];
            break;
        }

        return tokenizer.Encode("\n", addSpecialTokens: false)[0];
    }
}
