using System.Security.Cryptography;
using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.PostProcessing;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>tokenizer.json</c>, the format of the Hugging Face tokenizers library.</summary>
internal static class TokenizerReader
{
    private const string FileName = "tokenizer.json";
    private const string Code = "GATE3050";
    private const string Remedy = "Download tokenizer.json again from where the model came from.";
    private const long MaximumBytes = 512L << 20;

    private static readonly string[] DecisiveKeys = ["added_tokens", "normalizer", "pre_tokenizer", "model", "post_processor", "decoder"];

    /// <summary>The tokenizer of a model folder, or null when it has no <c>tokenizer.json</c>.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3050 to GATE3054.</exception>
    public static Tokenizer? Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        CheckedJson json = JsonSource.Read(path, Code, Remedy, MaximumBytes).Parse();
        TokenizerParts parts = ReadParts(path, json);
        IReadOnlyList<int> leading = parts.PostProcessor is TemplateProcessor template ? [.. template.LeadingIds] : [];
        (int? beginning, int? end) = SpecialTokenIds.Read(folder, parts, leading);
        return new ComposedTokenizer(parts, HashOf(json, beginning, end), beginning, end);
    }

    private static TokenizerParts ReadParts(string path, CheckedJson json)
    {
        ITokenModel model = ModelReader.Read(json.Require("model", "an object"));
        IReadOnlyList<AddedToken> added = AddedTokenReader.Read(json.Find("added_tokens"), model.Vocabulary);
        return new TokenizerParts(
            path,
            added,
            json.Find("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            json.Find("pre_tokenizer") is { } preTokenizer ? PreTokenizerReader.Read(preTokenizer) : null,
            model,
            json.Find("post_processor") is { } postProcessor ? PostProcessorReader.Read(postProcessor) : TemplateProcessor.Plain,
            json.Find("decoder") is { } decoder ? DecoderReader.Read(decoder) : null);
    }

    // Everything that decides ids or texts, without white space and escapes; what only describes the file is left out.
    private static string HashOf(CheckedJson json, int? beginning, int? end)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (string key in DecisiveKeys)
            {
                writer.WritePropertyName(key);
                if (json.Find(key) is { } value)
                    value.Element.WriteTo(writer);
                else
                    writer.WriteNullValue();
            }

            writer.WriteString("beginning_and_end", $"{beginning} {end}");
            writer.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}
