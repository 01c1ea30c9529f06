using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.PostProcessing;

namespace Gate.Models.Tokenization.Reading;

/// <summary>
/// The keys <c>add_bos_token</c> and <c>add_eos_token</c>. Tokenizers of the Llama kind put these tokens around texts as the keys say and replace the
/// post-processor they were loaded with, so that a folder whose <c>tokenizer.json</c> says otherwise is still run by the keys.
/// </summary>
internal static class AddedSequenceTokens
{
    /// <summary>The tokenizer as its class completes it.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3054): a token is to be added that the files do not name, or that does not exist.</exception>
    public static TokenizerParts Apply(TokenizerParts parts, TokenizerClass? kind, TokenizerSettings settings)
    {
        if (kind?.AddsTokens is not { } absent)
            return parts;
        int? beginning = settings.Flag("add_bos_token") ?? absent.Beginning ? IdOf("bos_token", "add_bos_token") : null;
        int? end = settings.Flag("add_eos_token") ?? absent.End ? IdOf("eos_token", "add_eos_token") : null;
        return parts with { PostProcessor = TemplateProcessor.Around(beginning, end) };

        int IdOf(string key, string wish)
        {
            (bool isNamed, CheckedJson? token) = settings.SpecialToken(key);
            if (token is not null)
                return SpecialTokenIds.IdOf(token, parts);
            string? usual = isNamed ? null : kind.SpecialTokens[key];
            return (usual is null ? null : parts.IdOf(usual)) ?? throw GateException.Input(
                "GATE3054",
                $"{settings.Path}: '{key}': expected the token that '{wish}' puts around texts ({settings.ClassName ?? kind.Name} adds it unless that key is false), "
                    + $"found {(isNamed ? "null" : $"no such key and no token '{usual}' in {Path.GetFileName(parts.Path)}")}.",
                new SourceLocation(settings.Path),
                $"Name the token under '{key}', or set '{wish}' to false.");
        }
    }
}
