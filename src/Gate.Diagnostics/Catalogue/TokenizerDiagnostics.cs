namespace Gate.Diagnostics;

/// <summary>GATE3050 to GATE3079: tokenizers.</summary>
internal static class TokenizerDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3050", "tokenizer.json is wrong", "The file is not JSON, or a key is missing, of the wrong type or inconsistent with another.", "Correct the key at the line and column named, or download the file again."),
        new("GATE3051", "Unknown kind of tokenizer", "tokenizer.json names a model or component that this version of Gate does not implement exactly.", "Use a model whose tokenizer Gate knows, or report the component's name."),
        new("GATE3052", "Pattern cannot be used", "A regular expression in tokenizer.json is malformed or uses a construct that Gate cannot reproduce exactly.", "Report the pattern; it is named in the message."),
        new("GATE3053", "Pattern takes too long", "Matching a regular expression of tokenizer.json against a text exceeded the time limit.", "Use a tokenizer without patterns that back-track without bound."),
        new("GATE3054", "tokenizer_config.json is wrong", "A file beside the vocabulary that names the special tokens is malformed, names a token that does not exist, or wants one added that it does not name.", "Correct the key at the line and column named, or download the file again."),
        new("GATE3055", "Vocabulary file is wrong", "A vocabulary without tokenizer.json (tokenizer.model, vocab.json with merges.txt, vocab.txt) is malformed, incomplete, or lacks a token that its class needs.", "Download the file again from where the model came from, or add the model's tokenizer.json."),
        new("GATE3056", "Vocabulary of an unknown class", "A folder without tokenizer.json does not say, or names a class that Gate does not know, how its vocabulary becomes a tokenizer.", "Add the model's tokenizer.json: load and save the tokenizer once with the transformers library."),
    ];
}
