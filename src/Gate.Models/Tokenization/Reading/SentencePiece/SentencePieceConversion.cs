using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>A SentencePiece model that becomes a tokenizer: what its families share.</summary>
/// <param name="Model">The model.</param>
/// <param name="Base">Its class and what lies beside it.</param>
internal sealed record SentencePieceConversion(SentencePieceModel Model, Conversion Base)
{
    /// <summary>How SentencePiece spells a space.</summary>
    public const string Space = "\u2581";

    /// <summary>Whether a space is put in front of texts: <c>add_prefix_space</c>, else what the model was trained with.</summary>
    public bool AddsPrefixSpace => Base.Settings.Flag("add_prefix_space") ?? Model.AddsDummyPrefix;

    /// <summary>Where it is put: <c>legacy: false</c> puts it at the beginning of a text only, not behind added tokens.</summary>
    public PrependScheme Scheme => !AddsPrefixSpace ? PrependScheme.Never : IsLegacy ? PrependScheme.Always : PrependScheme.First;

    /// <summary>Whether the class keeps its first behaviour (<c>legacy</c>, true unless the files say false).</summary>
    public bool IsLegacy => Base.Settings.Flag("legacy") ?? true;

    /// <summary>The model over pieces that may be more than the file's.</summary>
    /// <param name="pieces">The pieces in the order of their ids.</param>
    /// <param name="unknownId">The id of what no piece spells.</param>
    /// <param name="fallsBackToBytes">Whether the family spells unknown characters with byte pieces.</param>
    /// <param name="parts">The pieces that byte pairs are merged of, if not these.</param>
    public ITokenModel TokenModel(IReadOnlyList<ModelPiece> pieces, int unknownId, bool fallsBackToBytes, IReadOnlyList<string>? parts = null)
    {
        string[] texts = [.. pieces.Select(piece => piece.Text)];
        if (!Model.IsBytePairs)
            return new UnigramModel(texts, [.. pieces.Select(piece => piece.Score)], unknownId, fallsBackToBytes);
        Vocabulary vocabulary = Vocabulary.OfList(texts, keepsReplaced: false);
        var options = new BytePairOptions(Base.RequireId(vocabulary, Model.UnknownPiece), FusesUnknown: true, fallsBackToBytes, false, "", "");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string text, int id) in (parts ?? texts).Select((text, id) => (text, id)))
            ids[text] = id;
        return new BytePairModel(vocabulary, ScoredMerges.Of(vocabulary, pieces, ids, options), options);
    }

    /// <summary>Control pieces and pieces of the user as added tokens; control pieces are special.</summary>
    /// <param name="special">Pieces of the user that are special too.</param>
    public IEnumerable<AddedToken> OwnTokens(params string[] special) => Model.Pieces
        .Select((piece, id) => (piece, id))
        .Where(entry => entry.piece.Kind is ModelPieceKind.Control or ModelPieceKind.UserDefined && entry.piece.Text.Length > 0)
        .Select(entry => new AddedToken(
            entry.id, entry.piece.Text, false, false, false, false, entry.piece.Kind == ModelPieceKind.Control || special.Contains(entry.piece.Text)));

    /// <summary>The compiled normalisation map, if the model has one.</summary>
    public IEnumerable<INormalizer> NormalizationMap()
    {
        if (Model.NormalizationMap.IsEmpty)
            return [];
        try
        {
            return [new PrecompiledNormalizer(Model.NormalizationMap.Span)];
        }
        catch (FormatException exception)
        {
            throw ConversionRefusals.Malformed(Model.Path, $"expected a compiled normalisation map, found {exception.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Spaces in a row become something else.</summary>
    public static INormalizer Squeeze(string into) => new ReplaceNormalizer(new RegexPattern(new Pattern(" {2,}")), into);

    /// <summary>The tokenizer of a family without byte pieces: spaces are spelled and split at, and spelled back.</summary>
    /// <param name="model">The model.</param>
    /// <param name="own">Its own added tokens.</param>
    /// <param name="normalizers">The normalisers.</param>
    /// <param name="postProcessor">What goes around texts.</param>
    /// <param name="first">A pre-tokenizer before the one that spells spaces, or null.</param>
    public TokenizerParts Assemble(
        ITokenModel model,
        IEnumerable<AddedToken> own,
        IReadOnlyList<INormalizer> normalizers,
        Func<Func<string, int>, IPostProcessor> postProcessor,
        IPreTokenizer? first = null)
    {
        var spaces = new MetaspacePreTokenizer(Space, Scheme, splits: true);
        return Base.Assemble(
            model,
            own,
            new SequenceNormalizer(normalizers),
            first is null ? spaces : new SequencePreTokenizer([first, spaces]),
            new MetaspaceDecoder(Space, Scheme),
            postProcessor);
    }
}
