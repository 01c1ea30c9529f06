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
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var scores = new List<double>();
        foreach (JsonElement item in vocab.Element.EnumerateArray())
        {
            var entry = new CheckedJson(json.Source, item, ["model", "vocab", $"{scores.Count}"]);
            CheckedJson[] pair = [.. entry.Items()];
            if (pair.Length != 2)
                throw entry.Refuse($"expected a piece and its score, found {pair.Length} values");
            ids[pair[0].AsString()] = scores.Count;
            scores.Add(pair[1].AsDouble());
        }

        if (scores.Count == 0)
            throw vocab.Refuse("expected pieces, found none");
        int? unknown = json.Find("unk_id")?.AsInt32(0);
        if (unknown >= scores.Count)
            throw json.Require("unk_id", "an id").Expected($"an id below {scores.Count}");
        return new UnigramModel(new Vocabulary(ids), [.. scores], unknown, json.Flag("byte_fallback", false));
    }
}
