using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.Reading.Gguf;
using Gate.Models.Tokenization.Reading.SentencePiece;
using Gate.Models.Tokenization.Reading.VocabularyFiles;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads the tokenizer of a model folder from the first of its files that is there. Each kind of file has one reader, and all make the same parts.</summary>
internal static class TokenizerReader
{
    private const string Code = "GATE3050";
    private const string Remedy = "Download tokenizer.json again from where the model came from.";
    private const long MaximumBytes = 512L << 20;

    private static readonly (string File, Func<string, TokenizerSettings, TokenizerParts> Read)[] Kinds =
    [
        ("tokenizer.json", ReadJson),
        .. SentencePieceReader.FileNames.Select(file => (file, (Func<string, TokenizerSettings, TokenizerParts>)SentencePieceReader.Read)),
        ("vocab.json", BytePairFilesReader.Read),
        ("vocab.txt", WordPieceFileReader.Read),
    ];

    /// <summary>The tokenizer of a model, or null when it has none of the files and none in its GGUF file.</summary>
    /// <param name="model">A folder, or a GGUF file; files beside it stand before what it holds.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3050 to GATE3056, or GATE3120 to GATE3125 of a GGUF file.</exception>
    public static Tokenizer? Open(string model)
    {
        string folder = File.Exists(model) ? Path.GetDirectoryName(Path.GetFullPath(model))! : model;
        foreach ((string file, Func<string, TokenizerSettings, TokenizerParts> read) in Kinds)
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path))
                continue;
            var settings = new TokenizerSettings(folder);
            TokenizerParts parts = read(path, settings);
            IReadOnlyList<int> leading = parts.PostProcessor is TemplateProcessor template ? [.. template.LeadingIds] : [];
            (int? beginning, int? end) = SpecialTokenIds.Read(settings, parts, leading);
            return new ComposedTokenizer(parts, beginning, end);
        }

        return GgufFile.Find(model) is { } gguf ? GgufTokenizerReader.Open(gguf) : null;
    }

    // The format of the Hugging Face tokenizers library.
    private static TokenizerParts ReadJson(string path, TokenizerSettings settings)
    {
        CheckedJson json = JsonSource.Read(path, Code, Remedy, MaximumBytes).ParseWithout("model", ModelReader.LargeKeys);
        ITokenModel model = ModelReader.Read(json.Require("model", "an object"));
        var parts = new TokenizerParts(
            path,
            AddedTokenReader.Read(json.Find("added_tokens"), model.Vocabulary),
            json.Find("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            json.Find("pre_tokenizer") is { } preTokenizer ? PreTokenizerReader.Read(preTokenizer) : null,
            model,
            json.Find("post_processor") is { } postProcessor ? PostProcessorReader.Read(postProcessor) : TemplateProcessor.Plain,
            json.Find("decoder") is { } decoder ? DecoderReader.Read(decoder) : null);
        return AddedSequenceTokens.Apply(parts, settings.Class, settings);
    }
}
