using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Reads <c>added_tokens</c>.</summary>
internal static class AddedTokenReader
{
    /// <summary>The added tokens; one that is in the vocabulary has the vocabulary's id, as in the reference.</summary>
    public static IReadOnlyList<AddedToken> Read(CheckedJson? json, Vocabulary vocabulary)
    {
        var tokens = new List<AddedToken>();
        foreach (CheckedJson item in json?.Items() ?? [])
        {
            string content = item.Text("content");
            int id = item.Require("id", "an id of at least 0").AsInt32(0);
            if (vocabulary.IdOf(content) is { } known)
                id = known;
            else if (vocabulary.TokenOf(id) is { } taken)
                throw item.Refuse($"expected an id that is free, found {id}, which is '{taken}' in the vocabulary");
            if (content.Length == 0)
                continue;
            bool isSpecial = item.Flag("special", false);
            tokens.Add(new AddedToken(
                id,
                content,
                item.Flag("single_word", false),
                item.Flag("lstrip", false),
                item.Flag("rstrip", false),
                item.Flag("normalized", !isSpecial),
                isSpecial));
        }

        return tokens;
    }
}
