using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Reading;

/// <summary>A vocabulary file that becomes a tokenizer the way the transformers library converts its class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Class">The class.</param>
/// <param name="Settings">What lies beside it.</param>
internal sealed record Conversion(string Path, TokenizerClass Class, TokenizerSettings Settings)
{
    /// <summary>The tokenizer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="own">Added tokens that the file itself has, or the class whatever the files say.</param>
    /// <param name="normalizer">The normaliser, or null.</param>
    /// <param name="preTokenizer">The pre-tokenizer, or null.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="postProcessor">What goes around texts, given the ids of all tokens.</param>
    public TokenizerParts Assemble(
        ITokenModel model,
        IEnumerable<AddedToken> own,
        INormalizer? normalizer,
        IPreTokenizer? preTokenizer,
        ITokenDecoder decoder,
        Func<Func<string, int>, IPostProcessor> postProcessor)
    {
        IReadOnlyList<AddedToken> added = ConvertedTokens.Gather(model.Vocabulary, own, this);
        var parts = new TokenizerParts(Path, added, normalizer, preTokenizer, model, TemplateProcessor.Plain, decoder);
        parts = parts with { PostProcessor = postProcessor(token => Id(parts, token)) };
        return AddedSequenceTokens.Apply(parts, Class, Settings);
    }

    /// <summary>The text of a special token: the files' own, else the class's; null when there is none.</summary>
    /// <param name="key">For example <c>cls_token</c>.</param>
    public string? SpecialToken(string key)
    {
        (bool isNamed, CheckedJson? token) = Settings.SpecialToken(key);
        return isNamed ? token is null ? null : TokenizerSettings.ContentOf(token) : Class.SpecialTokens.GetValueOrDefault(key);
    }

    /// <summary>The text of a special token that must be there.</summary>
    public string RequireSpecialToken(string key) =>
        SpecialToken(key) ?? throw ConversionRefusals.Malformed(Settings.Path, $"'{key}': expected a token, which {Class.Name}Tokenizer needs, found null");

    /// <summary>The id of a token of the vocabulary that must be there.</summary>
    public int RequireId(Vocabulary vocabulary, string token) =>
        vocabulary.IdOf(token) ?? throw ConversionRefusals.Malformed(Path, $"expected the token '{token}', which {Class.Name}Tokenizer needs, found none");

    private int Id(TokenizerParts parts, string token) =>
        parts.IdOf(token) ?? throw ConversionRefusals.Malformed(Path, $"expected the token '{token}', which {Class.Name}Tokenizer puts around texts, found none");
}
