using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads a model of type Unigram: <c>vocab</c> is a list of pieces with their scores, in the order of their ids.</summary>
internal static class UnigramReader
{
    /// <summary>The model a component describes.</summary>
    public static UnigramModel Read(CheckedJson json)
    {
        CheckedJson vocab = json.Require("vocab", "an array of pieces and scores");
        if (!vocab.Is(JsonValueKind.Array))
            throw vocab.Expected("an array of pieces and scores");
        JsonStretch stretch = vocab.Stretch();
        var pieces = new List<string>(stretch.Extent.Count);
        var scores = new List<double>(stretch.Extent.Count);
        try
        {
            ReadPieces(vocab, stretch, pieces, scores);
        }
        catch (JsonException exception)
        {
            throw stretch.Malformed(exception);
        }

        if (scores.Count == 0)
            throw vocab.Refuse("expected pieces, found none");
        int? unknown = json.Find("unk_id")?.AsInt32(0);
        if (unknown >= scores.Count)
            throw json.Require("unk_id", "an id").Expected($"an id below {scores.Count}");
        return new UnigramModel(pieces, [.. scores], unknown, json.Flag("byte_fallback", false));
    }

    private static void ReadPieces(CheckedJson vocab, JsonStretch stretch, List<string> pieces, List<double> scores)
    {
        char[] buffer = new char[256];
        Utf8JsonReader reader = stretch.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Utf8JsonReader entry = reader;
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Refuse(vocab, pieces.Count, entry);
            int length = stretch.CopyText(ref reader, ref buffer);
            pieces.Add(new string(buffer, 0, length));
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
                throw Refuse(vocab, scores.Count, entry);
            double score = ReferenceNumber.Parse(reader.ValueSpan);
            if (!double.IsFinite(score) || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                throw Refuse(vocab, scores.Count, entry);
            scores.Add(score);
        }
    }

    private static Diagnostics.GateException Refuse(CheckedJson vocab, int index, Utf8JsonReader entry) =>
        vocab.Entry(index, JsonElement.ParseValue(ref entry)).Expected("a piece and its score, a finite number");
}
