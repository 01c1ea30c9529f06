using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Tokenization.Reading;

/// <summary>
/// Finds the beginning-of-sequence and end-of-sequence tokens: <c>tokenizer_config.json</c>, then <c>special_tokens_map.json</c>, then
/// <c>generation_config.json</c>, then (for the beginning) what the post-processor puts in front. A null in the first is an answer: there is none.
/// </summary>
internal static class SpecialTokenIds
{
    /// <summary>Ids of the two tokens, each null when the folder names none.</summary>
    /// <param name="settings">What the folder says.</param>
    /// <param name="parts">The tokenizer, to look names up.</param>
    /// <param name="leading">Special ids the post-processor puts before a text.</param>
    public static (int? Beginning, int? End) Read(TokenizerSettings settings, TokenizerParts parts, IReadOnlyList<int> leading) =>
        (Find(settings, parts, "bos_token", leading.Count > 0 ? leading[0] : null), Find(settings, parts, "eos_token", null));

    /// <summary>The id of a token that a file names.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3054): not a token of the tokenizer.</exception>
    public static int IdOf(CheckedJson token, TokenizerParts parts)
    {
        string name = TokenizerSettings.ContentOf(token);
        return parts.IdOf(name) ?? throw token.Refuse($"expected a token of the tokenizer, found '{name}', which is not in {Path.GetFileName(parts.Path)}");
    }

    private static int? Find(TokenizerSettings settings, TokenizerParts parts, string key, int? fallback) => settings.SpecialToken(key) switch
    {
        (true, { } token) => IdOf(token, parts),
        (true, null) => null,
        _ => settings.GenerationId(key) ?? fallback,
    };
}
