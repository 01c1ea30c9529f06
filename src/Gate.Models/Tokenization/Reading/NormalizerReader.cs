using System.Text;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Normalization;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>The normaliser a component describes.</summary>
    public static INormalizer Read(CheckedJson json)
    {
        string type = json.TypeOf();
        return type switch
        {
            "Sequence" => new SequenceNormalizer([.. json.Require("normalizers", "an array").Items().Select(Read)]),
            "NFC" => new UnicodeFormNormalizer(NormalizationForm.FormC),
            "NFD" => new UnicodeFormNormalizer(NormalizationForm.FormD),
            "NFKC" => new UnicodeFormNormalizer(NormalizationForm.FormKC),
            "NFKD" => new UnicodeFormNormalizer(NormalizationForm.FormKD),
            "Lowercase" => new LowercaseNormalizer(),
            "Replace" => new ReplaceNormalizer(PatternReader.Read(json), json.Text("content")),
            "Prepend" => new PrependNormalizer(json.Text("prepend")),
            "Strip" => new StripNormalizer(json.Flag("strip_left", true), json.Flag("strip_right", true)),
            "BertNormalizer" => ReadBert(json),
            "Precompiled" => ReadPrecompiled(json.Require("precompiled_charsmap", "a map in base 64")),
            "StripAccents" => new StripAccentsNormalizer(),
            _ => throw json.Unknown("normalizer", type),
        };
    }

    // Accents follow the lower case unless the file says otherwise.
    private static BertNormalizer ReadBert(CheckedJson json)
    {
        bool lowersCase = json.Flag("lowercase", true);
        return new(json.Flag("clean_text", true), json.Flag("handle_chinese_chars", true), json.Flag("strip_accents", lowersCase), lowersCase);
    }

    private static PrecompiledNormalizer ReadPrecompiled(CheckedJson map)
    {
        try
        {
            return new PrecompiledNormalizer(Convert.FromBase64String(map.AsString()));
        }
        catch (FormatException exception)
        {
            throw map.Refuse($"expected a compiled normalisation map in base 64, found {exception.Message.TrimEnd('.')}", exception);
        }
    }
}
