using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.PostProcessing;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>post_processor</c>.</summary>
internal static class PostProcessorReader
{
    /// <summary>The post-processor a component describes.</summary>
    public static IPostProcessor Read(CheckedJson json)
    {
        string type = json.TypeOf();
        return type switch
        {
            // Moves offsets only; Gate has none.
            "ByteLevel" => TemplateProcessor.Plain,
            "TemplateProcessing" => ReadTemplate(json),
            "BertProcessing" => TemplateProcessor.Bert(TokenId(json, "cls"), TokenId(json, "sep")),
            "RobertaProcessing" => TemplateProcessor.Roberta(TokenId(json, "cls"), TokenId(json, "sep")),
            "Sequence" => ReadSequence(json),
            _ => throw json.Unknown("post-processor", type),
        };
    }

    private static IPostProcessor ReadSequence(CheckedJson json)
    {
        IPostProcessor[] parts = [.. json.Require("processors", "an array").Items().Select(Read).Where(part => part != TemplateProcessor.Plain)];
        return parts.Length switch
        {
            0 => TemplateProcessor.Plain,
            1 => parts[0],
            _ => throw json.Unknown("post-processor", "Sequence of several processors that add tokens"),
        };
    }

    private static int TokenId(CheckedJson json, string key)
    {
        CheckedJson pair = json.Require(key, "a token and its id");
        CheckedJson[] items = [.. pair.Items()];
        return items.Length == 2 ? items[1].AsInt32(0) : throw pair.Refuse($"expected a token and its id, found {items.Length} values");
    }

    private static TemplateProcessor ReadTemplate(CheckedJson json)
    {
        CheckedJson? tokens = json.Find("special_tokens");
        return new TemplateProcessor(
            [.. json.Require("single", "an array").Items().Select(part => ReadPart(part, tokens))],
            [.. json.Require("pair", "an array").Items().Select(part => ReadPart(part, tokens))]);
    }

    private static TemplatePart ReadPart(CheckedJson json, CheckedJson? tokens)
    {
        if (json.Find("Sequence") is { } sequence)
        {
            CheckedJson id = sequence.Require("id", "'A' or 'B'");
            return id.AsString() switch
            {
                "A" => new TemplatePart(0, [], TypeId(sequence)),
                "B" => new TemplatePart(1, [], TypeId(sequence)),
                _ => throw id.Expected("'A' or 'B'"),
            };
        }

        CheckedJson special = json.Require("SpecialToken", "an object (or 'Sequence')");
        CheckedJson name = special.Require("id", "a text");
        CheckedJson entry = tokens?.Find(name.AsString()) ?? throw name.Expected("a token listed under 'special_tokens'");
        return new TemplatePart(-1, [.. entry.Require("ids", "an array of ids").Items().Select(id => id.AsInt32(0))], TypeId(special));
    }

    private static int TypeId(CheckedJson json) => json.Find("type_id")?.AsInt32(0) ?? 0;
}
