using System.Text;
using System.Text.Json.Nodes;
using Gate.Models.Tests.Checkpoints;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization;

/// <summary>A tokenizer of the fixtures as the files it would be without <c>tokenizer.json</c>.</summary>
internal sealed class VocabularyFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _tokenizer;

    public VocabularyFolder(string fixture, string configuration)
    {
        _tokenizer = JsonNode.Parse(File.ReadAllBytes(System.IO.Path.Combine(Repository.Fixture("tokenizers", fixture), "tokenizer.json")))!.AsObject();
        File.WriteAllText(_folder.PathOf("tokenizer_config.json"), configuration);
    }

    public string Path => _folder.Path;

    private JsonObject Model => _tokenizer["model"]!.AsObject();

    /// <summary>The tokens of <c>model.vocab</c> by id.</summary>
    private IEnumerable<string> Tokens => Model["vocab"]!.AsObject().OrderBy(entry => (int)entry.Value!).Select(entry => entry.Key);

    public VocabularyFolder WithVocabularyAndMerges()
    {
        File.WriteAllText(_folder.PathOf("vocab.json"), Model["vocab"]!.ToJsonString());
        string[] merges = [.. Model["merges"]!.AsArray().Select(merge => merge is JsonArray pair ? $"{pair[0]} {pair[1]}" : (string)merge!)];
        File.WriteAllText(_folder.PathOf("merges.txt"), $"#version: 0.2\n{string.Join('\n', merges)}\n");
        return this;
    }

    public VocabularyFolder WithTokenList()
    {
        File.WriteAllText(_folder.PathOf("vocab.txt"), string.Concat(Tokens.Select(token => token + "\r\n")));
        return this;
    }

    /// <summary>The byte pairs with their places as scores, as a trainer of SentencePiece leaves them.</summary>
    public VocabularyFolder WithBytePairModel(string file)
    {
        var pieces = Tokens.Select((token, id) => (token, (float)-id, KindOf(token, id)));
        File.WriteAllBytes(_folder.PathOf(file), SentencePieceBytes.Model(pieces, kind: 2, unknownId: 0, map: []));
        return this;
    }

    /// <summary>The pieces with their scores, the sentinels left out.</summary>
    public VocabularyFolder WithUnigramModel(string file)
    {
        JsonNode unknown = Model["unk_id"]!;
        var pieces = Model["vocab"]!.AsArray().Select(pair => ((string)pair![0]!, (float)(double)pair[1]!)).Where(piece => !piece.Item1.StartsWith("<extra_id", StringComparison.Ordinal))
            .Select((piece, id) => (piece.Item1, piece.Item2, id == (int)unknown ? 2 : piece.Item1 is "<pad>" or "</s>" or "<s>" or "[CLS]" or "[SEP]" or "[MASK]" ? 3 : 1));
        File.WriteAllBytes(_folder.PathOf(file), SentencePieceBytes.Model(pieces, kind: 1, (int)unknown, Map(_tokenizer["normalizer"]!)));
        return this;
    }

    public void Dispose() => _folder.Dispose();

    private static int KindOf(string token, int id) => id == 0 ? 2 : id < 3 ? 3 : token.StartsWith("<0x", StringComparison.Ordinal) ? 6 : 1;

    private static byte[] Map(JsonNode normalizer) => normalizer["precompiled_charsmap"] is { } map
        ? Convert.FromBase64String((string)map!)
        : normalizer["normalizers"]?.AsArray().Select(part => Map(part!)).FirstOrDefault(bytes => bytes.Length > 0) ?? [];
}

/// <summary>Writes SentencePiece models.</summary>
internal static class SentencePieceBytes
{
    public static byte[] Model(IEnumerable<(string Text, float Score, int Kind)> pieces, int kind, int unknownId, byte[] map)
    {
        var stream = new MemoryStream();
        foreach ((string text, float score, int use) in pieces)
        {
            var piece = new MemoryStream();
            Bytes(piece, 1, Encoding.UTF8.GetBytes(text));
            Number(piece, (2 << 3) | 5);
            piece.Write(BitConverter.GetBytes(score));
            Value(piece, 3, use);
            Bytes(stream, 1, piece.ToArray());
        }

        var training = new MemoryStream();
        Value(training, 3, kind);
        Value(training, 35, kind == 2 ? 1 : 0);
        Value(training, 40, unknownId);
        Bytes(stream, 2, training.ToArray());
        var normalization = new MemoryStream();
        Bytes(normalization, 2, map);
        Bytes(stream, 3, normalization.ToArray());
        return stream.ToArray();
    }

    private static void Value(MemoryStream stream, int field, int value)
    {
        Number(stream, field << 3);
        Number(stream, value);
    }

    private static void Bytes(MemoryStream stream, int field, byte[] bytes)
    {
        Number(stream, (field << 3) | 2);
        Number(stream, bytes.Length);
        stream.Write(bytes);
    }

    private static void Number(MemoryStream stream, int value)
    {
        for (; value > 0x7F; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
