using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PostProcessing;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>Families of unigram models, whose unknown characters stay unknown.</summary>
internal static class UnigramFamilies
{
    private const int UsualExtraIds = 100;
    private const double Downgrade = -100;

    /// <summary>T5 and mT5: sentinels behind the pieces, counted down.</summary>
    public static TokenizerParts T5(SentencePieceConversion conversion)
    {
        int extra = conversion.Base.Settings.Find("extra_ids")?.AsInt32(0) ?? UsualExtraIds;
        IReadOnlyList<ModelPiece> own = conversion.Model.Pieces;
        ModelPiece[] pieces = [.. own, .. Enumerable.Range(0, extra).Select(i => Unscored($"<extra_id_{extra - 1 - i}>"))];
        IEnumerable<AddedToken> sentinels = Enumerable.Range(own.Count, extra)
            .Select(id => new AddedToken(id, pieces[id].Text, false, StripsLeft: true, StripsRight: true, false, true));
        return conversion.Assemble(
            conversion.TokenModel(pieces, conversion.Model.UnknownId, fallsBackToBytes: false),
            conversion.OwnTokens().Concat(sentinels),
            Plain(conversion),
            id => new TemplateProcessor(
                [TemplatePart.First, TemplatePart.Special(id("</s>"))],
                [TemplatePart.First, TemplatePart.Special(id("</s>")), TemplatePart.Second(0), TemplatePart.Special(id("</s>"))]));
    }

    /// <summary>ALBERT: lower case without accents unless the files say otherwise.</summary>
    public static TokenizerParts Albert(SentencePieceConversion conversion) => conversion.Assemble(
        conversion.TokenModel(Uncounted(conversion.Model.Pieces), conversion.Model.UnknownId, fallsBackToBytes: false),
        conversion.OwnTokens(),
        Simplified(conversion, lowersCase: true),
        id => TemplateProcessor.Bert(id("[CLS]"), id("[SEP]")));

    /// <summary>XLNet: the class token stands last, in a segment of its own.</summary>
    public static TokenizerParts XLNet(SentencePieceConversion conversion) => conversion.Assemble(
        conversion.TokenModel(Uncounted(conversion.Model.Pieces), conversion.Model.UnknownId, fallsBackToBytes: false),
        conversion.OwnTokens(),
        Simplified(conversion, lowersCase: false),
        id => new TemplateProcessor(
            [TemplatePart.First, TemplatePart.Special(id("<sep>")), TemplatePart.Special(id("<cls>"), 2)],
            [
                TemplatePart.First, TemplatePart.Special(id("<sep>")), TemplatePart.Second(1), TemplatePart.Special(id("<sep>"), 1),
                TemplatePart.Special(id("<cls>"), 2),
            ]));

    /// <summary>XLM-RoBERTa: four special tokens before the file's pieces (less its own three), the mask behind them.</summary>
    public static TokenizerParts XlmRoberta(SentencePieceConversion conversion)
    {
        ModelPiece[] pieces =
        [
            Unscored("<s>"), Unscored("<pad>"), Unscored("</s>"), Unscored("<unk>"), .. conversion.Model.Pieces.Skip(3), Unscored("<mask>"),
        ];
        return conversion.Assemble(
            conversion.TokenModel(pieces, unknownId: 3, fallsBackToBytes: false),
            conversion.OwnTokens(),
            Plain(conversion),
            id => TemplateProcessor.Roberta(id("<s>"), id("</s>")));
    }

    /// <summary>CamemBERT: five tokens before the file's pieces (less its first), the mask behind them.</summary>
    public static TokenizerParts Camembert(SentencePieceConversion conversion)
    {
        ModelPiece[] pieces =
        [
            Unscored("<s>NOTUSED"), Unscored("<pad>"), Unscored("</s>NOTUSED"), Unscored("<unk>"),
            new("<unk>NOTUSED", Downgrade, ModelPieceKind.Normal), .. conversion.Model.Pieces.Skip(1), Unscored("<mask>"),
        ];
        IEnumerable<AddedToken> unused = ((string[])["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"])
            .Select(token => new AddedToken(-1, token, false, false, false, false, true));
        return conversion.Assemble(
            conversion.TokenModel(pieces, unknownId: 3, fallsBackToBytes: false),
            conversion.OwnTokens().Concat(unused),
            Plain(conversion),
            id => TemplateProcessor.Roberta(id("<s>"), id("</s>")));
    }

    /// <summary>DeBERTa v2 and v3.</summary>
    public static TokenizerParts DebertaV2(SentencePieceConversion conversion)
    {
        List<INormalizer> normalizers = conversion.Base.Settings.Flag("do_lower_case") == true ? [new LowercaseNormalizer()] : [];
        normalizers.AddRange([new StripNormalizer(true, true), .. conversion.NormalizationMap(), SentencePieceConversion.Squeeze(" ")]);
        return conversion.Assemble(
            conversion.TokenModel(conversion.Model.Pieces, conversion.Model.UnknownId, fallsBackToBytes: false),
            conversion.OwnTokens(),
            normalizers,
            id => TemplateProcessor.Bert(id("[CLS]"), id("[SEP]")),
            conversion.Base.Settings.Flag("split_by_punct") == true ? PreTokenizerReader.Punctuation : null);
    }

    private static INormalizer[] Plain(SentencePieceConversion conversion) =>
        [.. conversion.NormalizationMap(), new StripNormalizer(left: false, right: true), SentencePieceConversion.Squeeze(SentencePieceConversion.Space)];

    private static List<INormalizer> Simplified(SentencePieceConversion conversion, bool lowersCase)
    {
        List<INormalizer> normalizers =
        [
            new ReplaceNormalizer(new LiteralPattern("``"), "\""), new ReplaceNormalizer(new LiteralPattern("''"), "\""),
        ];
        if (conversion.Base.Settings.Flag("keep_accents") != true)
            normalizers.AddRange([new UnicodeFormNormalizer(System.Text.NormalizationForm.FormKD), new StripAccentsNormalizer()]);
        if (conversion.Base.Settings.Flag("do_lower_case") ?? lowersCase)
            normalizers.Add(new LowercaseNormalizer());
        normalizers.AddRange([.. conversion.NormalizationMap(), SentencePieceConversion.Squeeze(" ")]);
        return normalizers;
    }

    // Pieces of a digit and a comma are left for text that nothing else spells.
    private static ModelPiece[] Uncounted(IReadOnlyList<ModelPiece> pieces) => [.. pieces.Select(piece =>
        piece.Text.Length >= 2 && piece.Text[^1] == ',' && char.IsDigit(piece.Text[^2]) ? piece with { Score = piece.Score + Downgrade } : piece)];

    private static ModelPiece Unscored(string text) => new(text, 0, ModelPieceKind.Control);
}
