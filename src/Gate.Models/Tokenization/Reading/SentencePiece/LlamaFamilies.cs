using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>Families that spell unknown characters with byte pieces and leave what goes around texts to <c>add_bos_token</c> and <c>add_eos_token</c>.</summary>
internal static class LlamaFamilies
{
    private const string Tab = "<0x09>";

    /// <summary>Llama, Mistral, Phi-3: the whole text is one piece.</summary>
    public static TokenizerParts Llama(SentencePieceConversion conversion)
    {
        ITokenModel model = conversion.TokenModel(WithoutScores(conversion.Model.Pieces), unknownId: 0, fallsBackToBytes: true);
        return conversion.Base.Assemble(
            model,
            conversion.OwnTokens(),
            conversion.IsLegacy ? Spelling(conversion.AddsPrefixSpace) : null,
            conversion.IsLegacy ? null : new MetaspacePreTokenizer(SentencePieceConversion.Space, conversion.Scheme, splits: false),
            Decoder(conversion.AddsPrefixSpace),
            _ => TemplateProcessor.Plain);
    }

    /// <summary>Gemma: no space in front, and a tab of its own where the model has the byte.</summary>
    public static TokenizerParts Gemma(SentencePieceConversion conversion)
    {
        List<ModelPiece> pieces = [.. WithoutScores(conversion.Model.Pieces)];
        List<string> parts = [.. conversion.Model.Pieces.Select(piece => piece.Text)];
        int tab = pieces.FindIndex(piece => piece.Text == Tab);
        if (tab >= 0 && !pieces.Exists(piece => piece.Text == "\t"))
        {
            pieces[tab] = pieces[tab] with { Text = "\t", Score = 0 };
            parts[tab] = "\t";
        }

        return conversion.Base.Assemble(
            conversion.TokenModel(pieces, unknownId: 3, fallsBackToBytes: true, parts),
            conversion.OwnTokens("<start_of_turn>", "<end_of_turn>"),
            GemmaSpelling(),
            GemmaSplitter(),
            Decoder(stripsSpace: false),
            _ => TemplateProcessor.Plain);
    }

    /// <summary>Spaces are spelled, none is added.</summary>
    public static INormalizer GemmaSpelling() => new ReplaceNormalizer(new LiteralPattern(" "), SentencePieceConversion.Space);

    /// <summary>A split at spaces, of which spelling has left none.</summary>
    public static IPreTokenizer GemmaSplitter() => new PatternSplitter(new LiteralPattern(" "), SplitBehavior.MergedWithPrevious, isInverted: false);

    /// <summary>Spaces are spelled, one of them in front of every text where the model wants it.</summary>
    public static INormalizer Spelling(bool addsPrefixSpace)
    {
        INormalizer spell = new ReplaceNormalizer(new LiteralPattern(" "), SentencePieceConversion.Space);
        return new SequenceNormalizer(addsPrefixSpace ? [new PrependNormalizer(SentencePieceConversion.Space), spell] : [spell]);
    }

    /// <summary>Spaces and bytes are spelled back.</summary>
    /// <param name="stripsSpace">Whether the one in front is taken away.</param>
    public static SequenceDecoder Decoder(bool stripsSpace)
    {
        ITokenDecoder[] parts =
        [
            new ReplaceDecoder(new ReplaceNormalizer(new LiteralPattern(SentencePieceConversion.Space), " ")), new ByteFallbackDecoder(), new FuseDecoder(),
        ];
        return new SequenceDecoder(stripsSpace ? [.. parts, new StripDecoder(' ', 1, 0)] : parts);
    }

    // The first three pieces are special tokens, which score nothing.
    private static ModelPiece[] WithoutScores(IReadOnlyList<ModelPiece> pieces) => [.. pieces.Select((piece, id) => id < 3 ? piece with { Score = 0 } : piece)];
}
