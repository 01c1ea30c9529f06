using System.Globalization;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference.Served;

/// <summary>Servers name tokens by their text, by the vocabulary's spelling or as <c>token_id:N</c>; this finds the id.</summary>
internal sealed class TokenNames(Tokenizer tokenizer)
{
    private const string IdPrefix = "token_id:";

    private readonly Lazy<Dictionary<string, int>> _byText = new(() =>
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < tokenizer.VocabularySize; id++)
            ids.TryAdd(tokenizer.Decode([id], skipSpecialTokens: false), id);
        return ids;
    });

    /// <summary>The name that spells an id.</summary>
    public static string OfId(int id) => string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{id}");

    /// <summary>The id, or −1 when the local tokenizer has no such token.</summary>
    public int IdOf(string name) => Spelt(name) ?? (_byText.Value.TryGetValue(name, out int id) ? id : tokenizer.IdOf(name) ?? -1);

    /// <summary>Whether a server's name can mean an id: some servers drop the blank before a word, and bytes of a broken character look alike.</summary>
    public bool CanMean(string name, int id)
    {
        if (Spelt(name) is { } spelt)
            return spelt == id;
        string text = tokenizer.Decode([id], skipSpecialTokens: false);
        return name == text || name == tokenizer.TokenOf(id) || name.Trim() == text.Trim() || text.Contains('\uFFFD', StringComparison.Ordinal);
    }

    private static int? Spelt(string name) =>
        name.StartsWith(IdPrefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id
            : null;
}
