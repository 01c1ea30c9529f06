using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Normalization;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>decoder</c>.</summary>
internal static class DecoderReader
{
    /// <summary>The decoder a component describes.</summary>
    public static ITokenDecoder Read(CheckedJson json)
    {
        string type = json.TypeOf();
        return type switch
        {
            "Sequence" => new SequenceDecoder([.. json.Require("decoders", "an array").Items().Select(Read)]),
            "ByteLevel" => new ByteLevelDecoder(),
            "Metaspace" => new MetaspaceDecoder(PreTokenizerReader.Character(json, "replacement"), PreTokenizerReader.SchemeOf(json)),
            "Replace" => new ReplaceDecoder(new ReplaceNormalizer(PatternReader.Read(json), json.Text("content"))),
            "ByteFallback" => new ByteFallbackDecoder(),
            "WordPiece" => new WordPieceDecoder(json.Find("prefix")?.AsString() ?? "##", json.Flag("cleanup", true)),
            "Fuse" => new FuseDecoder(),
            "Strip" => ReadStrip(json),
            _ => throw json.Unknown("decoder", type),
        };
    }

    private static StripDecoder ReadStrip(CheckedJson json)
    {
        CheckedJson content = json.Require("content", "one character");
        return content.AsString() is [var character]
            ? new StripDecoder(character, json.Require("start", "a count").AsInt32(0), json.Require("stop", "a count").AsInt32(0))
            : throw content.Expected("one character");
    }
}
