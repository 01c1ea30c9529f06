using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Reading.VocabularyFiles;

/// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>, the byte-level byte pairs of GPT-2, RoBERTa and their kin.</summary>
internal static class BytePairFilesReader
{
    private const string MergesFile = "merges.txt";
    private const string Remedy = "Download vocab.json again from where the model came from.";
    private const long MaximumBytes = 512L << 20;

    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly BytePairOptions Options = new(null, false, false, false, "", "");

    /// <summary>The tokenizer of a folder without <c>tokenizer.json</c>.</summary>
    /// <param name="path">The vocabulary.</param>
    /// <param name="settings">What lies beside it.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: malformed or without its merges (GATE3055), or a class Gate does not know (GATE3056).</exception>
    public static TokenizerParts Read(string path, TokenizerSettings settings)
    {
        (string? name, TokenizerClass? kind) = settings.ConversionClass();
        if (kind is not { Name: "GPT2" or "CodeGen" or "Roberta" or "Qwen2" or "Deberta" })
            throw ConversionRefusals.UnknownClass(path, name, ["GPT2", "CodeGen", "Qwen2", "Roberta", "Bart", "Longformer", "Deberta"]);
        var conversion = new Conversion(path, kind, settings);
        bool addsPrefixSpace = settings.Flag("add_prefix_space") ?? false;
        bool isQwen = kind.Name == "Qwen2";
        var bytes = new ByteLevelPreTokenizer(addsPrefixSpace, usesPattern: !isQwen);
        return conversion.Assemble(
            ReadModel(path),
            [],
            isQwen ? new UnicodeFormNormalizer(System.Text.NormalizationForm.FormC) : null,
            isQwen
                ? new SequencePreTokenizer([new PatternSplitter(new RegexPattern(new Pattern(Qwen2Pattern)), SplitBehavior.Isolated, isInverted: false), bytes])
                : bytes,
            new ByteLevelDecoder(),
            id => Around(conversion, id));
    }

    private static TemplateProcessor Around(Conversion conversion, Func<string, int> id)
    {
        switch (conversion.Class.Name)
        {
            case "Roberta":
                return TemplateProcessor.Roberta(id(conversion.RequireSpecialToken("cls_token")), id(conversion.RequireSpecialToken("sep_token")));
            case "Deberta":
                return TemplateProcessor.Bert(id("[CLS]"), id("[SEP]"));
            case "GPT2" or "CodeGen" when conversion.Settings.Flag("add_bos_token") == true:
                TemplatePart beginning = TemplatePart.Special(id(conversion.RequireSpecialToken("bos_token")));
                return new([beginning, TemplatePart.First], [beginning, TemplatePart.First, TemplatePart.Second(1)]);
            default:
                return TemplateProcessor.Plain;
        }
    }

    private static BytePairModel ReadModel(string path)
    {
        Vocabulary vocabulary = VocabularyReader.Read(JsonSource.Read(path, "GATE3055", Remedy, MaximumBytes).Whole());
        string mergesPath = Path.Combine(Path.GetDirectoryName(path)!, MergesFile);
        if (!File.Exists(mergesPath))
            throw ConversionRefusals.Malformed(path, $"expected {MergesFile} beside it, found no such file");
        string[] lines = VocabularyLines.Read(mergesPath);
        var merges = new BytePairMerges(vocabulary, lines.Length, Options);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal))
                continue;
            string[] pair = line.Split(' ');
            string? lack = pair.Length == 2 ? merges.Add(pair[0], pair[1]) : $"expected two tokens with a space between them, found '{line}'";
            if (lack is not null)
                throw ConversionRefusals.Malformed(mergesPath, lack, i + 1);
        }

        return new BytePairModel(vocabulary, merges, Options);
    }
}
