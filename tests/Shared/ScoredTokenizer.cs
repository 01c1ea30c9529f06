using System.Text.Json.Nodes;

namespace Gate.Tests;

/// <summary>A tokenizer as the Hugging Face library makes it of a SentencePiece model of byte pairs: every way to make a token of two is a merge, the best token first.
/// That of the fixtures was trained by the library itself, where a token has one merge.</summary>
internal static class ScoredTokenizer
{
    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string source = Repository.Fixture("tokenizers", "llama2_spm_bpe");
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllBytes(Path.Combine(source, "tokenizer.json")))!;
        JsonObject vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        (string Left, string Right)[] merges =
        [
            .. vocabulary.OrderBy(entry => (int)entry.Value!).SelectMany(entry => Enumerable.Range(1, Math.Max(0, entry.Key.Length - 1)).Reverse()
                .Where(split => vocabulary.ContainsKey(entry.Key[..split]) && vocabulary.ContainsKey(entry.Key[split..]))
                .Select(split => (entry.Key[..split], entry.Key[split..]))),
        ];
        tokenizer["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge.Left} {merge.Right}")]);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokenizer.ToJsonString());
        File.Copy(Path.Combine(source, "tokenizer_config.json"), Path.Combine(folder, "tokenizer_config.json"));
    }
}
