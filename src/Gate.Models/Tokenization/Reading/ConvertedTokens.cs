using System.Globalization;
using System.Text.Json;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading;

/// <summary>
/// The added tokens of a converted vocabulary. Those of the vocabulary file come first; <c>added_tokens_decoder</c> of <c>tokenizer_config.json</c> (in old folders
/// <c>added_tokens.json</c>) adds to them and changes them; special tokens that the files or the class name and that are not there yet come last.
/// </summary>
internal static class ConvertedTokens
{
    /// <summary>The tokens in the order of their ids.</summary>
    public static IReadOnlyList<AddedToken> Gather(Vocabulary vocabulary, IEnumerable<AddedToken> own, Conversion conversion)
    {
        var tokens = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        string? mask = conversion.Class.MaskStripsLeft ? conversion.SpecialToken("mask_token") : null;
        foreach (AddedToken token in own.Select(token => token.Content == mask ? token with { StripsLeft = true } : token).Concat(Listed(conversion)))
            tokens[token.Content] = token with { Id = vocabulary.IdOf(token.Content) ?? token.Id };
        int next = Math.Max(vocabulary.Size, tokens.Values.Select(token => token.Id + 1).DefaultIfEmpty(0).Max());
        foreach (AddedToken token in Special(conversion))
        {
            if (!tokens.ContainsKey(token.Content))
                tokens[token.Content] = token with { Id = vocabulary.IdOf(token.Content) ?? next++ };
        }

        return [.. tokens.Values.OrderBy(token => token.Id)];
    }

    private static IEnumerable<AddedToken> Listed(Conversion conversion)
    {
        if (conversion.Settings.Find("added_tokens_decoder") is { } decoder)
        {
            foreach ((string name, CheckedJson token) in decoder.Properties())
            {
                if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == int.MaxValue)
                    throw token.Refuse($"expected an id as the key, found '{name}'");
                yield return Described(token, id, token.Flag("special", false));
            }

            yield break;
        }

        if (conversion.Settings.AddedTokens() is not { } listed)
            yield break;
        HashSet<string> special = [.. Special(conversion).Select(token => token.Content)];
        foreach ((string content, CheckedJson id) in listed.Properties())
        {
            bool isSpecial = special.Contains(content);
            yield return new AddedToken(id.AsInt32(0), content, false, false, false, !isSpecial, isSpecial);
        }
    }

    // The named ones and the additional ones, with ids to be found.
    private static IEnumerable<AddedToken> Special(Conversion conversion)
    {
        foreach (string key in (string[])["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"])
        {
            if (conversion.Settings.SpecialToken(key).Token is { } named && named.Is(JsonValueKind.Object))
                yield return Described(named, -1, isSpecial: true);
            else if (conversion.SpecialToken(key) is { } content)
                yield return new AddedToken(-1, content, false, key == "mask_token" && conversion.Class.MaskStripsLeft, false, false, true);
        }

        if (conversion.Settings.SpecialToken("additional_special_tokens").Token is not { } additional)
            yield break;
        foreach (CheckedJson token in additional.Items())
        {
            yield return token.Is(JsonValueKind.Object)
                ? Described(token, -1, isSpecial: true)
                : new AddedToken(-1, token.AsString(), false, false, false, false, true);
        }
    }

    private static AddedToken Described(CheckedJson token, int id, bool isSpecial) => new(
        id,
        token.Text("content"),
        token.Flag("single_word", false),
        token.Flag("lstrip", false),
        token.Flag("rstrip", false),
        token.Flag("normalized", !isSpecial),
        isSpecial);
}
