using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.PostProcessing;

namespace Gate.Models.Tokenization.Reading.VocabularyFiles;

/// <summary>Reads <c>vocab.txt</c>, the WordPiece vocabulary of BERT and its kin: the line is the id.</summary>
internal static class WordPieceFileReader
{
    private const string Prefix = "##";
    private const int MaximumCharacters = 100;

    /// <summary>The tokenizer of a folder without <c>tokenizer.json</c>.</summary>
    /// <param name="path">The vocabulary.</param>
    /// <param name="settings">What lies beside it.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: malformed (GATE3055), or a class Gate does not know (GATE3056).</exception>
    public static TokenizerParts Read(string path, TokenizerSettings settings)
    {
        (string? name, TokenizerClass? kind) = settings.ConversionClass();
        if (kind is not { Name: "Bert" })
            throw ConversionRefusals.UnknownClass(path, name, ["Bert", "DistilBert", "Electra", "MobileBert"]);
        if (settings.Flag("do_basic_tokenize") == false)
            throw settings.Find("do_basic_tokenize")!.Expected("true: a vocabulary that is used without splitting words is not converted");
        if (settings.Find("never_split") is { } unsplit && unsplit.Items().Any())
            throw unsplit.Expected("no tokens: the converted tokenizer splits them");
        var conversion = new Conversion(path, kind, settings);
        string[] lines = VocabularyLines.Read(path);
        if (lines.Length == 0)
            throw ConversionRefusals.Malformed(path, "expected tokens, one to a line, found none");
        Vocabulary vocabulary = Vocabulary.OfList(lines, keepsReplaced: false);
        int unknown = conversion.RequireId(vocabulary, conversion.RequireSpecialToken("unk_token"));
        bool lowersCase = settings.Flag("do_lower_case") ?? true;
        return conversion.Assemble(
            new WordPieceModel(vocabulary, unknown, Prefix, MaximumCharacters),
            [],
            new BertNormalizer(
                cleansText: true, settings.Flag("tokenize_chinese_chars") ?? true, settings.Flag("strip_accents") ?? lowersCase, lowersCase),
            PreTokenizerReader.Bert,
            new WordPieceDecoder(Prefix, cleansUp: true),
            id => TemplateProcessor.Bert(id(conversion.RequireSpecialToken("cls_token")), id(conversion.RequireSpecialToken("sep_token"))));
    }
}
