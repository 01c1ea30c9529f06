namespace Gate.Models.Tokenization;

/// <summary>Text to token ids and back, as the files of the model define it.</summary>
public abstract class Tokenizer
{
    /// <summary>Opens the tokenizer of a model, or returns null when there is none: <c>tokenizer.json</c>, a SentencePiece model
    /// (<c>tokenizer.model</c>, <c>spiece.model</c>, …), <c>vocab.json</c> with <c>merges.txt</c>, <c>vocab.txt</c>, or what a GGUF file holds.</summary>
    /// <param name="model">A model folder, or a GGUF file; files beside it stand before what it holds.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: malformed, or a kind Gate does not know (named).</exception>
    public static Tokenizer? Open(string model) => Reading.TokenizerReader.Open(model);

    /// <summary>One more than the largest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Beginning-of-sequence id from <c>tokenizer_config.json</c> or the post-processor, or null.</summary>
    public abstract int? BeginningOfSequence { get; }

    /// <summary>End-of-sequence id, or null.</summary>
    public abstract int? EndOfSequence { get; }

    /// <summary>SHA-256 (lower-case hexadecimal) of everything that decides the ids; part of every cache key.</summary>
    public abstract string Hash { get; }

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">The text; added tokens inside it are recognised.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its special tokens (BOS, EOS, …).</param>
    public abstract int[] Encode(string text, bool addSpecialTokens);

    /// <summary>Token ids of two texts as one sequence, with the segment each token belongs to.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its special tokens.</param>
    public abstract PairEncoding EncodePair(string first, string second, bool addSpecialTokens);

    /// <summary>The text of ids. An id that is not in the vocabulary stands for nothing.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public abstract string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens);

    /// <summary>The vocabulary's own spelling of an id (for example <c>Ġcat</c>), or null when there is no such id.</summary>
    public abstract string? TokenOf(int id);

    /// <summary>The id of a vocabulary entry in its own spelling, or null.</summary>
    public abstract int? IdOf(string token);
}
